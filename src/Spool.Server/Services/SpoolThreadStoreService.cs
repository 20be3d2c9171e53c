using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server;

/// <summary>Spool's own contract: what it can do, and changes of threads without a writer.</summary>
sealed partial class SpoolThreadStoreService(TenantStores tenants, SpoolServiceOptions options) : Wire.ThreadStore.ThreadStoreBase
{
    public override Task<Wire.Capabilities> GetCapabilities(Wire.GetCapabilitiesRequest request, ServerCallContext context)
    {
        var abilities = WireAbilities.Of(StoreOf(context)).ToList();
        return Task.FromResult(
            new Wire.Capabilities
            {
                ServerVersion = options.Version,
                StoredBytes = abilities.Any(ability => ability.Service == typeof(IStoredBytes)),
                RolloutPaths = abilities.Any(ability => ability.Service == typeof(IRolloutPaths)),
                Writable = context.GetHttpContext().Features.Get<Caller>()?.Access == StoreAccess.Write,
                MaxRequestBytes = options.Limits.MaxRequestBytes,
                Lease = options.WriterIdle.ToDuration(),
                Abilities = { abilities.Select(ability => ability.Name) },
            }
        );
    }

    public override async Task<Wire.ChangedThread> UpdateThread(Wire.UpdateThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        var patch = WireThreads.ToStore(request.Patch);
        return WireThreads.ToWire(
            await ChangeAsync(context, threadId, store => store.UpdateAsync(threadId, patch, context.CancellationToken))
                .ConfigureAwait(false)
        );
    }

    public override async Task<Wire.ChangedThread> ArchiveThread(Wire.ThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        return WireThreads.ToWire(
            await ChangeAsync(context, threadId, store => store.ArchiveAsync(threadId, context.CancellationToken)).ConfigureAwait(false)
        );
    }

    public override async Task<Wire.ChangedThread> UnarchiveThread(Wire.ThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        return WireThreads.ToWire(
            await ChangeAsync(context, threadId, store => store.UnarchiveAsync(threadId, context.CancellationToken)).ConfigureAwait(false)
        );
    }

    public override async Task<Wire.ChangedThread> ForkThread(Wire.ForkThreadRequest request, ServerCallContext context)
    {
        var fork = WireWrites.ToStore(request);
        return WireThreads.ToWire(
            await ChangeAsync(context, fork.ThreadId, store => store.ForkAsync(fork, context.CancellationToken)).ConfigureAwait(false)
        );
    }

    public override async Task<Wire.ChangedThread> RevertThread(Wire.RevertThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        return WireThreads.ToWire(
            await ChangeAsync(context, threadId, store => store.RevertAsync(threadId, request.BeforeTurnId, context.CancellationToken))
                .ConfigureAwait(false)
        );
    }

    public override async Task<Wire.DeletionReceipt> DeleteThread(Wire.ThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        return WireThreads.ToWire(
            await ChangeAsync(context, threadId, store => store.DeleteAsync(threadId, context.CancellationToken)).ConfigureAwait(false)
        );
    }

    public override async Task<Wire.CheckDeletionResponse> CheckDeletion(Wire.ThreadRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        return await ChangeAsync(
                context,
                threadId,
                async store =>
                {
                    var check = store.GetService<IDeletionCheck>() ?? throw Unsupported("say whether a thread would be deleted");
                    await check.RequireDeletableAsync(threadId, context.CancellationToken).ConfigureAwait(false);
                    return new Wire.CheckDeletionResponse();
                }
            )
            .ConfigureAwait(false);
    }

    ValueTask<T> ChangeAsync<T>(ServerCallContext context, ThreadId threadId, Func<IThreadStore, ValueTask<T>> change)
    {
        var tenant = tenants.Of(context);
        return tenant.Threads.NamingWriterAsync(threadId, () => change(tenant.Store));
    }

    IThreadStore StoreOf(ServerCallContext context) => tenants.Of(context).Store;
}
