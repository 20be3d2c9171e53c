using Google.Protobuf;
using Wire = Spool.Contracts.CodexV1;

namespace Spool.Server;

/// <summary>Reads whole histories for Codex's clients, who take no more than one message of bounded size.</summary>
static class CodexHistory
{
    const int BytesForTheRest = 256 * 1024; // of the answer: the thread, with a preview and a first message

    /// <summary>Reads a history: everything the client can read, or, where that does not fit, what its own store keeps by
    /// default.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>; <see cref="ThreadStoreErrorCode.TooLarge"/>: it
    /// does not fit.</exception>
    /// <remarks>A part of a history is never given for the whole: a client makes a fork of what it gets.</remarks>
    public static async Task<Wire.StoredThreadHistory> ReadAsync(
        IThreadStore store,
        ReadHistoryRequest request,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        var room = maxBytes - BytesForTheRest;
        return await ReadAsync(store, request, PersistenceMode.Extended, room, cancellationToken).ConfigureAwait(false)
            ?? await ReadAsync(store, request, PersistenceMode.Limited, room, cancellationToken).ConfigureAwait(false)
            ?? throw new ThreadStoreException(
                ThreadStoreErrorCode.TooLarge,
                $"The history of thread {request.ThreadId} is larger than the {maxBytes / (1024 * 1024)} MiB that this client can read at once; read it with Spool, or start a new thread."
            );
    }

    static async Task<Wire.StoredThreadHistory?> ReadAsync(
        IThreadStore store,
        ReadHistoryRequest request,
        PersistenceMode mode,
        int room,
        CancellationToken cancellationToken
    )
    {
        var history = new Wire.StoredThreadHistory { ThreadId = request.ThreadId.ToString() };
        long size = 0;
        await foreach (var item in store.ReadHistoryAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (item.Length != item.Bytes.Length)
                return null; // so large that the store itself holds only its beginning
            if (CodexItems.Write(item, mode) is not { } text)
                continue;
            size += 1 + CodedOutputStream.ComputeStringSize(text);
            if (size > room)
                return null;
            history.ItemsJson.Add(text);
        }
        return history;
    }
}
