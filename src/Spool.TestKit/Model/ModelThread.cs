namespace Spool.TestKit;

/// <summary>A thread as the model knows it: what the generator decided, never what a store said.</summary>
sealed record ModelThread(
    ThreadSeed Seed,
    DateTimeOffset Created,
    DateTimeOffset Updated,
    DateTimeOffset Recency,
    string Kind,
    string? Provider,
    string Cwd,
    string Preview,
    ThreadId? Parent
)
{
    public string Id => Seed.Id.ToString();

    public DateTimeOffset Time(ThreadSort sort) =>
        sort switch
        {
            ThreadSort.Created => Created,
            ThreadSort.Updated => Updated,
            ThreadSort.Recency => Recency,
            _ => throw new ArgumentOutOfRangeException(nameof(sort)),
        };
}
