namespace Spool.Tests;

/// <summary>Passes every call on to a healthy store; each mutant of the mutant stores gets one of them wrong.</summary>
abstract class MutantStore(IThreadStore inner) : DelegatingThreadStore(inner);
