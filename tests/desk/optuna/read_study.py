"""What Optuna finds in a study's file, as JSON."""

import json
import sys

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.load_study(study_name="s", storage=JournalStorage(JournalFileBackend(sys.argv[1])))
trials = [
    {
        "number": trial.number,
        "state": trial.state.name,
        "params": trial.params,
        "value": trial.value,
        "reported": trial.intermediate_values,
        "slot": trial.user_attrs["slot"],
        "error": trial.user_attrs.get("error"),
        "ends": trial.datetime_complete >= trial.datetime_start,
    }
    for trial in study.trials
]
print(json.dumps({"best": study.best_trial.number, "direction": study.direction.name, "trials": trials}))
