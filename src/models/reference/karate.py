"""Writes ../karate.reference.json: Zachary's karate club (1977) as networkx has it, its 78 friendships and who joined which faction.

    pip install networkx==3.6.1 && python karate.py
"""
import json, os
import networkx

club = networkx.karate_club_graph()
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "karate.reference.json")
with open(path, "w") as file:
    json.dump(dict(edges=[list(e) for e in club.edges()], officer=[int(club.nodes[i]["club"] == "Officer") for i in club]), file)
    file.write("\n")
