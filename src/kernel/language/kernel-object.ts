import ts from 'typescript6';

const { factory } = ts;

/** `$kernel.<member>`: how the JavaScript of a cell speaks to the kernel that runs it (`runtime/executor.ts`). */
export const kernel = (member: string): ts.Expression =>
  factory.createPropertyAccessExpression(factory.createIdentifier('$kernel'), member);

export const call = (callee: ts.Expression, ...args: ts.Expression[]): ts.CallExpression =>
  factory.createCallExpression(callee, undefined, args);
