namespace Spool;

/// <summary>Something of a store that could not be read, so that threads, or facts of threads, may be missing from what it gives.</summary>
/// <param name="Place">Where, as the store names it: for a home a path in it, such as <c>sessions/2026/03/02</c>.</param>
/// <param name="Reason">What is wrong and what to do, in one sentence.</param>
public sealed record StoreProblem(string Place, string Reason);
