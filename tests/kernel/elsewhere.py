"""Runs the registered kernel through Jupyter's own client, as VS Code and nbclient do, from the folder this starts in."""

import json
import os
import threading

from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="lemmata")
manager.start_kernel(cwd=os.getcwd())
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=20)


def run(code):
    result = []

    def hear(message):
        if message["msg_type"] == "execute_result":
            result.append(message["content"]["data"]["text/plain"])

    reply = client.execute_interactive(code, output_hook=hear, timeout=20)["content"]
    return result[0] if result else reply.get("ename")


found = {
    "folder": run("process.cwd()"),
    "library": run("import { reload } from 'lemmata/kernel'; typeof reload"),
}
threading.Timer(0.5, manager.interrupt_kernel).start()
found["interrupted"] = run("const kept = 1; while (true) {}")
manager.restart_kernel(now=False)
client.wait_for_ready(timeout=20)
found["afterRestart"] = run("kept")
client.stop_channels()
manager.shutdown_kernel()
found["alive"] = manager.is_alive()
print(json.dumps(found))
