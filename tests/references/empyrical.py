"""Returns and what empyrical says of them, into empyrical.json: `python -P tests/references/empyrical.py` in a virtual environment with
pip install empyrical-reloaded==0.7.1 scipy==1.17.1 statsmodels==0.15.0 numpy==2.4.6"""

import json
from pathlib import Path

import empyrical as e
import numpy as np
import statsmodels.api as sm
from scipy import stats

rng = np.random.default_rng(11)


def case(n, per_year, mean, scale, df):
    market = np.round(scale * rng.standard_t(df, n) / np.sqrt(df / (df - 2)) + mean, 5)
    noise = scale / 2 * rng.standard_normal(n)
    noise[1:] += 0.4 * noise[:-1]
    x = np.round(0.7 * market + noise + mean, 5)
    fit = sm.OLS(x, sm.add_constant(market)).fit(cov_type="HAC", cov_kwds={"maxlags": 4})
    centre, deviation = x.mean(), x.std(ddof=1)
    z = (x - centre) / deviation
    influence = z - centre / deviation / 2 * (z * z - 1)
    error = sm.OLS(influence, np.ones(n)).fit(cov_type="HAC", cov_kwds={"maxlags": 4}).bse[0]
    return {
        "perYear": per_year,
        "returns": x.tolist(),
        "market": market.tolist(),
        "sharpe": e.sharpe_ratio(x, annualization=per_year),
        "sharpeOver1bp": e.sharpe_ratio(x, risk_free=0.0001, annualization=per_year),
        "sharpeHacError4": error * np.sqrt(per_year),
        "skewness": stats.skew(x),
        "kurtosis": stats.kurtosis(x, fisher=False),
        "sortino": e.sortino_ratio(x, annualization=per_year),
        "sortinoOver1bp": e.sortino_ratio(x, required_return=0.0001, annualization=per_year),
        "calmar": e.calmar_ratio(x, annualization=per_year),
        "growth": e.annual_return(x, annualization=per_year),
        "volatility": e.annual_volatility(x, annualization=per_year),
        "drawdown": e.max_drawdown(x),
        "valueAtRisk": [e.value_at_risk(x, cutoff) for cutoff in (0.01, 0.05, 0.1)],
        "expectedShortfall": [e.conditional_value_at_risk(x, cutoff) for cutoff in (0.01, 0.05, 0.1)],
        "beta": e.beta(x, market),
        "alpha": e.alpha(x, market, annualization=per_year),
        "hacErrors4": fit.bse.tolist(),
        "informationRatio": e.excess_sharpe(x, market),
        "binomial5": [stats.binom.cdf(k, n, 0.05) for k in (0, n // 20, n // 10)],
    }


cases = [case(250, 252, 0.0005, 0.01, 5), case(60, 12, 0.006, 0.04, 9), case(156, 52, -0.002, 0.02, 4)]
Path(__file__).with_suffix(".json").write_text(json.dumps({"cases": cases}, indent=1) + "\n")
