const title = (week: string) => `Week ${Number(week.slice(4))}`;

/** proofs/weekNN.tex: one theorem with its proof, its implementation and its check. */
export const proofs = (
  week: string,
): string => String.raw`% The theorems of ${week}. Each names the function that implements it and the check that exercises it: proofs/README.md.
\documentclass[11pt]{article}
\usepackage{lemmata}

\begin{document}
\lemmatatitle{${title(week)}}{The mean}{One theorem, to be replaced by those of the week}

\section{The mean}

\begin{theorem}[The mean is the best constant]\thmlabel{thm:${week}-mean}
\implementedby{src/linalg/vector.ts#mean}\checkedby{tests/weeks/${week}.test.ts#thm:${week}-mean}
Let $x\in\R^n$ and $\bar x=\tfrac1n\sum_ix_i$. For every $c\in\R$
\[
  \sum_i(x_i-c)^2=\sum_i(x_i-\bar x)^2+n(c-\bar x)^2 :
\]
$\bar x$ is the only constant with the smallest sum of squared errors.
\end{theorem}
\begin{proof}
Write $x_i-c=(x_i-\bar x)+(\bar x-c)$ and square. The cross terms sum to $2(\bar x-c)\sum_i(x_i-\bar x)=0$, because $\sum_ix_i=n\bar x$. What is left is the identity;
its last term is positive unless $c=\bar x$.
\end{proof}
\begin{remark}
Over the sample of the notebook the market earned \resnum[.1f]{${week}.mean}\,\% a year, with a standard error of \resnum[.1f]{${week}.mean.se}\,\%.
\end{remark}
\end{document}
`;

/** summaries/weekNN.tex: one page, every number read from results/. */
export const summary = (week: string): string => String.raw`% One page on ${week}: what holds, what breaks, and what the notebook measured.
\documentclass[10pt]{article}
\usepackage{lemmata}

\begin{document}
\lemmatatitle{${title(week)} in a page}{The mean}{What a mean return is worth}

The mean $\bar x$ minimises $\sum_i(x_i-c)^2$ over constants $c$. If the $x_i$ are uncorrelated with variance $\sigma^2$, its standard error is $\sigma/\sqrt n$: four times as much
data halve it.

\paragraph{Measured} by the notebook: the market earned \resnum[.1f]{${week}.mean}\,\% a year, standard error \resnum[.1f]{${week}.mean.se}\,\%.

\paragraph{What a desk takes home.} A mean return is known badly even after decades; do not size a position as if it were known.
\end{document}
`;
