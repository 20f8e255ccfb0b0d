"""Reference values for src/trade/portfolio and src/stats/covariance: PyPortfolioOpt 1.6.0, skfolio 1.12.2, scikit-learn 1.9.1 and scipy 1.17.1.

    python -m venv venv && venv/bin/pip install pyportfolioopt==1.6.0 skfolio==1.12.2 scikit-learn==1.9.1 scipy==1.17.1
    venv/bin/python tests/references/portfolios.py

Returns are random, by a factor model with means of a size that matters. Both peers solve by CLARABEL with its tolerances at 1e-12; at their
defaults they miss the optimum by more than the sixth digit, by how much is `atDefault`.
"""
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.cluster.hierarchy as sch
from pypfopt import EfficientCVaR, EfficientFrontier, HRPOpt
from scipy.spatial.distance import squareform
from skfolio import RiskMeasure
from skfolio.cluster import HierarchicalClustering, LinkageMethod
from skfolio.optimization import HierarchicalRiskParity, MeanRisk, ObjectiveFunction, RiskBudgeting
from skfolio.prior import EmpiricalPrior
from sklearn.covariance import ledoit_wolf

warnings.filterwarnings("ignore")
N, T = 12, 160
random = np.random.default_rng(10)
loading = 0.5 + random.random(N)
market = 0.01 * random.standard_normal(T)
returns = np.outer(market, loading) + (0.006 + 0.01 * random.random(N)) * random.standard_normal((T, N))
returns += 0.0004 + 0.0012 * random.random(N)
returns = np.round(returns, 6)
mean = returns.mean(axis=0)
covariance = np.cov(returns, rowvar=False)
TIGHT = dict(tol_gap_abs=1e-12, tol_gap_rel=1e-12, tol_feas=1e-12, tol_ktratio=1e-10, max_iter=500)


def frontier(bounds, options=TIGHT):
    # Daily variances are of 1e-4, at which the peer's solver stops early; both moments are scaled alike, which moves no weight.
    return EfficientFrontier(pd.Series(mean * 1e2), pd.DataFrame(covariance * 1e4), weight_bounds=bounds, solver="CLARABEL", solver_options=options)


def weights(result):
    return list(result.values()) if hasattr(result, "values") and not isinstance(result, np.ndarray) else result.tolist()


def pypfopt(bounds, options=TIGHT):
    target = float(np.quantile(mean, 0.93))
    out = {"minimumVariance": weights(frontier(bounds, options).min_volatility())}
    out["utility"] = weights(frontier(bounds, options).max_quadratic_utility(risk_aversion=4))  # of the scaled moments
    out["atMean"] = {"target": target, "weights": weights(frontier(bounds, options).efficient_return(target * 1e2))}
    least = np.array(out["minimumVariance"])
    risk = float(1.1 * np.sqrt(least @ covariance @ least))
    out["atVolatility"] = {"target": risk, "weights": weights(frontier(bounds, options).efficient_risk(risk * 1e2))}
    return out


def skfolio_of(low, high, options=TIGHT):
    kind = dict(min_weights=low, max_weights=high, solver="CLARABEL", solver_params=options, prior_estimator=EmpiricalPrior())
    least = MeanRisk(risk_measure=RiskMeasure.VARIANCE, **kind).fit(returns * 1e2)
    best = MeanRisk(risk_measure=RiskMeasure.VARIANCE, objective_function=ObjectiveFunction.MAXIMIZE_UTILITY, risk_aversion=2, **kind).fit(returns * 1e2)
    return {"minimumVariance": least.weights_.tolist(), "utility": best.weights_.tolist()}


cvar = EfficientCVaR(pd.Series(mean), pd.DataFrame(returns), beta=0.9, solver="CLARABEL", solver_options=TIGHT)
shortfall = weights(cvar.min_cvar())
sd = np.sqrt(np.diag(covariance))
correlation = covariance / np.outer(sd, sd)
distance = squareform(np.sqrt(np.clip((1 - correlation) / 2, 0, 1)), checks=False)
orders = {name: sch.to_tree(sch.linkage(distance, name)).pre_order() for name in ["single", "complete", "average", "ward"]}
hrp = HRPOpt(cov_matrix=pd.DataFrame(covariance))
parity = RiskBudgeting(risk_measure=RiskMeasure.VARIANCE, solver="CLARABEL", solver_params=TIGHT, prior_estimator=EmpiricalPrior()).fit(returns * 1e2)


def skfolio_hrp(method):
    clustering = HierarchicalClustering(linkage_method=method)
    try:
        model = HierarchicalRiskParity(risk_measure=RiskMeasure.VARIANCE, hierarchical_clustering=clustering)
    except TypeError:
        model = HierarchicalRiskParity(risk_measure=RiskMeasure.VARIANCE, hierarchical_clustering_estimator=clustering)
    return model.fit(returns).weights_.tolist()




def halved(order):
    weights, items = np.ones(N), [np.asarray(order)]
    variance = lambda i: (lambda w: w @ covariance[np.ix_(i, i)] @ w)((1 / np.diag(covariance)[i]) / (1 / np.diag(covariance)[i]).sum())
    while items:
        items = [i[j:k] for i in items if len(i) > 1 for j, k in ((0, len(i) // 2), (len(i) // 2, len(i)))]
        for first, second in zip(items[::2], items[1::2]):
            share = variance(second) / (variance(first) + variance(second))
            weights[first] *= share
            weights[second] *= 1 - share
    return weights


# What skfolio does otherwise: it turns the tree so that neighbouring leaves are near, and halves that order. Nothing else.
theirs = {"single": skfolio_hrp(LinkageMethod.SINGLE), "ward": skfolio_hrp(LinkageMethod.WARD)}
for name, got in theirs.items():
    order = sch.leaves_list(sch.optimal_leaf_ordering(sch.linkage(distance, name), distance))
    assert np.max(np.abs(halved(order) - got)) < 1e-14, name

shrunk, shrinkage = ledoit_wolf(returns)
wide = returns[:8]
wide_shrunk, wide_shrinkage = ledoit_wolf(wide)
gap = max(
    float(np.max(np.abs(np.array(pypfopt((0, 1), {})["minimumVariance"]) - np.array(pypfopt((0, 1))["minimumVariance"])))),
    float(np.max(np.abs(np.array(skfolio_of(0, 1, {})["utility"]) - np.array(skfolio_of(0, 1)["utility"])))),
)
out = {
    "returns": returns.tolist(),
    "longOnly": {"pyportfolioopt": pypfopt((0, 1)), "skfolio": skfolio_of(0, 1)},
    "boxed": {"pyportfolioopt": pypfopt((-0.1, 0.25)), "skfolio": skfolio_of(-0.1, 0.25)},
    "atDefault": gap,
    "shortfall": {"tail": 0.1, "weights": shortfall},
    "orders": {name: [int(i) for i in order] for name, order in orders.items()},
    "hierarchical": {name: list(hrp.optimize(linkage_method=name).values()) for name in orders},
    "skfolioHierarchical": theirs,
    "riskParity": parity.weights_.tolist(),
    "ledoitWolf": {"shrinkage": float(shrinkage), "covariance": shrunk.tolist()},
    "ledoitWolfWide": {"shrinkage": float(wide_shrinkage), "covariance": wide_shrunk.tolist()},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
