using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server;

/// <summary>Spool's own contract: reading.</summary>
sealed partial class SpoolThreadStoreService
{
    public override async Task<Wire.FindThreadResponse> FindThread(Wire.FindThreadRequest request, ServerCallContext context)
    {
        var thread = await StoreOf(context).FindAsync(ThreadIds.Read(request.ThreadId), context.CancellationToken).ConfigureAwait(false);
        return new Wire.FindThreadResponse { Thread = thread is null ? null : WireThreads.ToWire(thread) };
    }

    public override Task ListThreads(
        Wire.ListThreadsRequest request,
        IServerStreamWriter<Wire.ThreadBatch> responseStream,
        ServerCallContext context
    ) =>
        Batches.SendThreadsAsync(
            StoreOf(context),
            WireThreads.ToStore(request),
            responseStream,
            AnswerRoom.Of(context),
            context.CancellationToken
        );

    public override async Task<Wire.CountThreadsResponse> CountThreads(Wire.CountThreadsRequest request, ServerCallContext context)
    {
        var counts = StoreOf(context).GetService<IThreadCounts>() ?? throw Unsupported("count threads");
        var queries = request.Lists.Select(WireThreads.ToStore).ToList();
        return new Wire.CountThreadsResponse
        {
            Counts = { await counts.CountAsync(queries, context.CancellationToken).ConfigureAwait(false) },
        };
    }

    public override Task ReadHistory(
        Wire.ReadHistoryRequest request,
        IServerStreamWriter<Wire.ItemBatch> responseStream,
        ServerCallContext context
    )
    {
        var history = StoreOf(context)
            .ReadHistoryAsync(
                new ReadHistoryRequest(ThreadIds.Read(request.ThreadId)) { Room = AnswerRoom.Of(context) },
                context.CancellationToken
            );
        return Batches.SendItemsAsync(history, responseStream, AnswerRoom.Of(context), context.CancellationToken);
    }

    public override Task ListItems(
        Wire.ListItemsRequest request,
        IServerStreamWriter<Wire.ItemBatch> responseStream,
        ServerCallContext context
    ) =>
        Batches.SendItemsAsync(
            StoreOf(context),
            WireWrites.ToStore(request),
            responseStream,
            AnswerRoom.Of(context),
            context.CancellationToken
        );

    public override Task ListTurns(
        Wire.ListTurnsRequest request,
        IServerStreamWriter<Wire.TurnBatch> responseStream,
        ServerCallContext context
    ) =>
        Batches.SendTurnsAsync(
            StoreOf(context),
            WireWrites.ToStore(request),
            responseStream,
            AnswerRoom.Of(context),
            context.CancellationToken
        );

    public override async Task CopyLog(
        Wire.CopyLogRequest request,
        IServerStreamWriter<Wire.LogBytes> responseStream,
        ServerCallContext context
    )
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        var bytes = StoreOf(context).GetService<IStoredBytes>() ?? throw Unsupported("copy logs");
        await AnswerRoom.Of(context).HoldAsync(Batches.MaxBytes, context.CancellationToken).ConfigureAwait(false);
        var destination = new LogBytesStream(responseStream);
        await using (destination.ConfigureAwait(false))
        {
            await bytes.CopyLogAsync(threadId, destination, context.CancellationToken).ConfigureAwait(false);
            await destination.FlushAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task<Wire.LocateRolloutsResponse> LocateRollouts(Wire.LocateRolloutsRequest request, ServerCallContext context)
    {
        var threads = request.ThreadIds.Select(id => ThreadIds.Read(id)).ToList();
        var paths = StoreOf(context).GetService<IRolloutPaths>() ?? throw Unsupported("say where rollouts are");
        var found = await paths.LocateAsync(threads, context.CancellationToken).ConfigureAwait(false);
        var response = new Wire.LocateRolloutsResponse();
        foreach (var (threadId, path) in found)
            response.Paths.Add(threadId.ToString(), path);
        return response;
    }

    static ThreadStoreException Unsupported(string what) =>
        new(ThreadStoreErrorCode.Unsupported, $"The store of this server cannot {what}.");
}
