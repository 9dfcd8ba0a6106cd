"""The trees of other people on the rows of bench/peers/trees.ts. usage: python learners.py FOLDER NAME THREADS; prints one line of JSON."""

import json
import sys
import time

import numpy as np

folder, name, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
width = 40
read = lambda part: (
    np.fromfile(f"{folder}/{part}-x.f32", dtype=np.float32).reshape(-1, width),
    np.fromfile(f"{folder}/{part}-y.f32", dtype=np.float32),
)
(x, y), (fresh, outcome) = read("learn"), read("fresh")


def xgboost():
    from xgboost import XGBClassifier

    return XGBClassifier(
        n_estimators=200, max_depth=6, learning_rate=0.1, subsample=0.8, colsample_bytree=0.8, reg_lambda=1,
        tree_method="hist", max_bin=255, n_jobs=threads, random_state=1,
    )


def lightgbm():
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=200, max_depth=6, num_leaves=63, learning_rate=0.1, subsample=0.8, subsample_freq=1,
        colsample_bytree=0.8, reg_lambda=1, min_child_samples=1, n_jobs=threads, random_state=1, verbose=-1,
    )


def forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=100, max_depth=10, n_jobs=threads, random_state=1)


model = {"xgboost": xgboost, "lightgbm": lightgbm, "forest": forest}[name]()
cpu, wall = time.process_time(), time.perf_counter()
model.fit(x, y)
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
order = np.argsort(model.predict_proba(fresh)[:, 1], kind="stable")
ranks = np.empty(len(order))
ranks[order] = np.arange(1, len(order) + 1)
ups = int(outcome.sum())
auc = (ranks[outcome == 1].sum() - ups * (ups + 1) / 2) / (ups * (len(outcome) - ups))
print(json.dumps({"cpuSeconds": cpu, "wallSeconds": wall, "auc": float(auc)}))
