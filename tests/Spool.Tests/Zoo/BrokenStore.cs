namespace Spool.Tests;

/// <summary>Passes every call on to a healthy store; each animal of the zoo gets one of them wrong.</summary>
abstract class BrokenStore(IThreadStore inner) : DelegatingThreadStore(inner);
