using Google.Protobuf.Collections;
using Grpc.Core;

namespace Spool.Server;

/// <summary>Sends entries in messages of bounded size. A single entry that is larger goes alone.</summary>
/// <param name="stream">Takes the messages.</param>
/// <param name="entriesOf">Gives the list that a message holds.</param>
sealed class BatchWriter<TBatch, TEntry>(IServerStreamWriter<TBatch> stream, Func<TBatch, RepeatedField<TEntry>> entriesOf)
    where TBatch : class, new()
{
    const int MaxBytes = 256 * 1024;
    const int MaxEntries = 1024;

    long _size;

    /// <summary>Gets the message that is being filled.</summary>
    public TBatch Current { get; private set; } = new();

    /// <summary>Adds an entry, and sends what is there already when it would be too much.</summary>
    public async ValueTask AddAsync(TEntry entry, long size, CancellationToken cancellationToken)
    {
        var entries = entriesOf(Current);
        if (entries.Count > 0 && (_size + size > MaxBytes || entries.Count == MaxEntries))
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            entries = entriesOf(Current);
        }
        entries.Add(entry);
        _size += size;
    }

    /// <summary>Sends the message that is being filled, empty or not, and begins another.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Current, cancellationToken).ConfigureAwait(false);
        (Current, _size) = (new TBatch(), 0);
    }
}
