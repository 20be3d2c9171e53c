namespace Spool.Server;

/// <summary>What a client says of itself when it opens a writer.</summary>
/// <param name="Lease">The id that it made for the lease.</param>
/// <param name="Owner">Who it is, or null.</param>
/// <param name="KnowsCodes">Whether it tells an outcome that is unknown from a call of which nothing was kept.</param>
readonly record struct LeaseClient(Guid Lease, WriterOwner? Owner, bool KnowsCodes);
