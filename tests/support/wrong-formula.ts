/** How the name of a wrong formula's test begins; the rest says what it does wrong. Apart from both that use it: one runs in a worker, one outside. */
export const WRONG = 'is broken by a formula that ';
