using Grpc.Core;
using Wire = Spool.Contracts.CodexV1;

namespace Spool.Server;

/// <summary>The contract of Codex's remote thread store.</summary>
sealed class CodexThreadStoreService(TenantStores tenants, SpoolServiceOptions options) : Wire.ThreadStore.ThreadStoreBase
{
    static readonly Wire.Empty Done = new();

    public override async Task<Wire.Empty> CreateThread(Wire.CreateThreadRequest request, ServerCallContext context)
    {
        var meta = CodexMeta.Of(request, options.Time.GetUtcNow());
        await tenants
            .Of(context)
            .Codex.CreateAsync(meta, request.CalculateSize(), CodexMeta.ModeOf(request.EventPersistenceMode), context.CancellationToken)
            .ConfigureAwait(false);
        return Done;
    }

    public override async Task<Wire.Empty> ResumeThread(Wire.ResumeThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        CodexMeta.Check(request);
        await tenants
            .Of(context)
            .Codex.ResumeAsync(threadId, CodexMeta.ModeOf(request.EventPersistenceMode), context.CancellationToken)
            .ConfigureAwait(false);
        return Done;
    }

    public override async Task<Wire.Empty> AppendItems(Wire.AppendThreadItemsRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        await tenants
            .Of(context)
            .Codex.AppendAsync(threadId, CodexItems.Parse(request.ItemsJson), context.CancellationToken)
            .ConfigureAwait(false);
        return Done;
    }

    public override async Task<Wire.Empty> PersistThread(Wire.ThreadIdRequest request, ServerCallContext context)
    {
        await tenants.Of(context).Codex.PersistAsync(ThreadIds.Read(request.ThreadId), context.CancellationToken).ConfigureAwait(false);
        return Done;
    }

    public override async Task<Wire.Empty> FlushThread(Wire.ThreadIdRequest request, ServerCallContext context)
    {
        await tenants.Of(context).Codex.FlushAsync(ThreadIds.Read(request.ThreadId), context.CancellationToken).ConfigureAwait(false);
        return Done;
    }

    public override async Task<Wire.Empty> ShutdownThread(Wire.ThreadIdRequest request, ServerCallContext context)
    {
        await tenants.Of(context).Codex.ShutDownAsync(ThreadIds.Read(request.ThreadId), context.CancellationToken).ConfigureAwait(false);
        return Done;
    }

    public override async Task<Wire.Empty> DiscardThread(Wire.ThreadIdRequest request, ServerCallContext context)
    {
        await tenants.Of(context).Codex.DiscardAsync(ThreadIds.Read(request.ThreadId), context.CancellationToken).ConfigureAwait(false);
        return Done;
    }

    public override async Task<Wire.StoredThreadHistory> LoadHistory(Wire.LoadThreadHistoryRequest request, ServerCallContext context)
    {
        var thread = await FindAsync(request.ThreadId, request.IncludeArchived, context).ConfigureAwait(false);
        return await HistoryAsync(thread, context).ConfigureAwait(false);
    }

    public override async Task<Wire.StoredThreadResponse> ReadThread(Wire.ReadThreadRequest request, ServerCallContext context)
    {
        var thread = await FindAsync(request.ThreadId, request.IncludeArchived, context).ConfigureAwait(false);
        var response = await ResponseAsync(thread, context).ConfigureAwait(false);
        if (request.IncludeHistory)
            response.Thread.History = await HistoryAsync(thread, context).ConfigureAwait(false);
        return response;
    }

    public override Task<Wire.ListThreadsResponse> ListThreads(Wire.ListThreadsRequest request, ServerCallContext context) =>
        CodexListing.ListAsync(tenants.Of(context).Store, request, options.Limits.MaxCodexResponseBytes, context.CancellationToken);

    public override async Task<Wire.StoredThreadResponse> UpdateThreadMetadata(
        Wire.UpdateThreadMetadataRequest request,
        ServerCallContext context
    )
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        var patch = CodexPatches.ToStore(request.Patch);
        return await ResponseAsync(
                await tenants.Of(context).Codex.UpdateAsync(threadId, patch, context.CancellationToken).ConfigureAwait(false),
                context
            )
            .ConfigureAwait(false);
    }

    public override async Task<Wire.Empty> ArchiveThread(Wire.ArchiveThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        var tenant = tenants.Of(context);
        await tenant
            .Codex.WithoutWriterAsync(
                threadId,
                () => tenant.Store.ArchiveAsync(threadId, context.CancellationToken).AsTask(),
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return Done;
    }

    public override async Task<Wire.StoredThreadResponse> UnarchiveThread(Wire.ArchiveThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        var tenant = tenants.Of(context);
        var changed = await tenant
            .Codex.WithoutWriterAsync(
                threadId,
                () => tenant.Store.UnarchiveAsync(threadId, context.CancellationToken).AsTask(),
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return await ResponseAsync(changed.Thread, context).ConfigureAwait(false);
    }

    // An archived thread that is not asked for is like one that is not there, as in the store of Codex itself.
    async Task<StoredThread> FindAsync(string id, bool includeArchived, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(id);
        var stored = await tenants.Of(context).Store.FindAsync(threadId, context.CancellationToken).ConfigureAwait(false);
        return stored is not null && (includeArchived || stored.ArchivedAt is null)
            ? stored
            : throw ThreadStoreException.NotFound(threadId);
    }

    async Task<Wire.StoredThreadResponse> ResponseAsync(StoredThread thread, ServerCallContext context) =>
        new()
        {
            Thread = await CodexThreads.ToWireAsync(tenants.Of(context).Store, thread, context.CancellationToken).ConfigureAwait(false),
        };

    // However small the answer is, items of any size are read for it.
    async Task<Wire.StoredThreadHistory> HistoryAsync(StoredThread thread, ServerCallContext context) =>
        await AnswerRoom
            .Of(context)
            .ReadAsync(
                async () =>
                    await CodexHistory
                        .ReadAsync(
                            tenants.Of(context).Store,
                            new ReadHistoryRequest(thread.Id) { Room = AnswerRoom.Of(context) },
                            options.Limits.MaxCodexResponseBytes,
                            context.CancellationToken
                        )
                        .ConfigureAwait(false),
                static history => history.CalculateSize(),
                context.CancellationToken,
                options.Limits.MaxCodexResponseBytes
            )
            .ConfigureAwait(false);
}
