using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server;

/// <summary>Spool's own contract: writers.</summary>
sealed partial class SpoolThreadStoreService
{
    public override async Task<Wire.WriterState> OpenWriter(Wire.OpenWriterRequest request, ServerCallContext context)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        var client = new LeaseClient(LeaseOf(request.LeaseId), WireWrites.ToStore(request.Owner), request.KnowsCodes);
        var leases = tenants.Of(context).Leases;
        if (request.AfterStream is < 0 or > int.MaxValue)
            throw ThreadStoreException.InvalidRequest("The number of the stream that a writer is opened after is from 0 to 2147483647.");
        var writer = request.HowCase switch
        {
            Wire.OpenWriterRequest.HowOneofCase.Create => await leases
                .CreateAsync(
                    new CreateRequest(threadId, WireItems.ToStore(request.Create.SessionMeta)),
                    client,
                    request.AfterStream,
                    context.CancellationToken
                )
                .ConfigureAwait(false),
            Wire.OpenWriterRequest.HowOneofCase.Resume => await leases
                .ResumeAsync(WireWrites.ToStore(threadId, request.Resume), client, request.AfterStream, context.CancellationToken)
                .ConfigureAwait(false),
            _ => throw ThreadStoreException.InvalidRequest("A writer is opened either to create or to resume."),
        };
        return StateOf(writer);
    }

    public override async Task<Wire.AppendResponse> Append(Wire.AppendRequest request, ServerCallContext context)
    {
        if (request.Persist || request.Update is not null || request.Stream != 0)
            throw ThreadStoreException.InvalidRequest(
                "An append that is no message of a stream has no stream, and neither persists nor updates; PersistWriter and UpdateWriter do."
            );
        var leases = tenants.Of(context).Leases;
        using var use = leases.Take(ThreadIds.Read(request.ThreadId), LeaseOf(request.LeaseId));
        return WireWrites.ToWire(
            await leases.AppendAsync(use, WireWrites.ToStore(request), context.CancellationToken).ConfigureAwait(false)
        );
    }

    public override Task StreamAppends(
        IAsyncStreamReader<Wire.AppendRequest> requestStream,
        IServerStreamWriter<Wire.AppendResponse> responseStream,
        ServerCallContext context
    ) =>
        new AppendStream(
            tenants.Of(context).Leases,
            CallEnd.Of(context),
            (RequestBody)context.GetHttpContext().Request.BodyReader
        ).RunAsync(requestStream, responseStream, context.CancellationToken);

    public override async Task WatchWriter(
        Wire.WriterRequest request,
        IServerStreamWriter<Wire.WriterState> responseStream,
        ServerCallContext context
    )
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        using var use = tenants.Of(context).Leases.Take(threadId, LeaseOf(request.LeaseId));
        var end = CallEnd.Of(context);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, use.Writer.LostToken, end.Token);
        await responseStream.WriteAsync(StateOf(use.Writer), context.CancellationToken).ConfigureAwait(false);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (any.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), ended).ConfigureAwait(false))
            await ended.Task.ConfigureAwait(false);
        context.CancellationToken.ThrowIfCancellationRequested();
        end.ThrowIfEnding();
        throw LeasedWriters.Lost(threadId);
    }

    public override Task WatchWriters(
        IAsyncStreamReader<Wire.WatchRequest> requestStream,
        IServerStreamWriter<Wire.WatchEvent> responseStream,
        ServerCallContext context
    ) =>
        new LeaseStream(tenants.Of(context).Leases, CallEnd.Of(context), context.GetHttpContext().Request.BodyReader).RunAsync(
            requestStream,
            responseStream,
            context.CancellationToken
        );

    public override Task<Wire.WriterState> RenewWriter(Wire.WriterRequest request, ServerCallContext context)
    {
        using var use = tenants.Of(context).Leases.Take(ThreadIds.Read(request.ThreadId), LeaseOf(request.LeaseId));
        return Task.FromResult(StateOf(use.Writer));
    }

    public override async Task<Wire.WriterState> PersistWriter(Wire.WriterRequest request, ServerCallContext context)
    {
        using var use = tenants.Of(context).Leases.Take(ThreadIds.Read(request.ThreadId), LeaseOf(request.LeaseId));
        await LeasedWriters.RunAsync(use, writer => writer.PersistAsync(context.CancellationToken)).ConfigureAwait(false);
        return StateOf(use.Writer);
    }

    public override async Task<Wire.WriterState> FlushWriter(Wire.FlushWriterRequest request, ServerCallContext context)
    {
        var durability = WireWrites.ToStore(request.Durability);
        using var use = tenants.Of(context).Leases.Take(ThreadIds.Read(request.ThreadId), LeaseOf(request.LeaseId));
        await LeasedWriters.RunAsync(use, writer => writer.FlushAsync(durability, context.CancellationToken)).ConfigureAwait(false);
        return StateOf(use.Writer);
    }

    public override async Task<Wire.ChangedThread> UpdateWriter(Wire.UpdateWriterRequest request, ServerCallContext context)
    {
        var patch = WireThreads.ToStore(request.Patch);
        using var use = tenants.Of(context).Leases.Take(ThreadIds.Read(request.ThreadId), LeaseOf(request.LeaseId));
        ChangedThread? changed = null;
        await LeasedWriters
            .RunAsync(use, async writer => changed = await writer.UpdateAsync(patch, context.CancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);
        return WireThreads.ToWire(changed!);
    }

    public override async Task<Wire.WriterState> ShutDownWriter(Wire.WriterRequest request, ServerCallContext context)
    {
        var state = new Wire.WriterState();
        await tenants
            .Of(context)
            .Leases.ReleaseAsync(
                ThreadIds.Read(request.ThreadId),
                LeaseOf(request.LeaseId),
                async writer =>
                {
                    await writer.ShutDownAsync(context.CancellationToken).ConfigureAwait(false);
                    state = StateOf(writer);
                },
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return state;
    }

    public override async Task<Wire.DiscardWriterResponse> DiscardWriter(Wire.WriterRequest request, ServerCallContext context)
    {
        await tenants
            .Of(context)
            .Leases.ReleaseAsync(
                ThreadIds.Read(request.ThreadId),
                LeaseOf(request.LeaseId),
                writer => writer.DiscardAsync(context.CancellationToken),
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return new Wire.DiscardWriterResponse();
    }

    Wire.WriterState StateOf(IThreadWriter writer) =>
        new()
        {
            HistoryMode = writer.HistoryMode,
            NextOrdinal = writer.NextOrdinal,
            IsStored = writer.IsStored,
            Lease = options.WriterIdle.ToDuration(),
        };

    static Guid LeaseOf(string id) => WireWrites.ParseId(id, "lease");
}
