namespace Spool;

/// <summary>Says how an <see cref="InMemoryThreadStore"/> works.</summary>
public sealed record InMemoryThreadStoreOptions : LogStoreOptions;
