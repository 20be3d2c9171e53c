using Grpc.Core;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Remote;

/// <summary>The lease by which the server knows a writer, and the calls that are made with it. Each call is one attempt.</summary>
sealed class WriterLease
{
    readonly RemoteConnection _connection;
    readonly Wire.OpenWriterRequest _request;
    readonly Guid _id = Guid.CreateVersion7();

    public WriterLease(RemoteConnection connection, CreateThread request)
    {
        (_connection, Thread) = (connection, request.Thread);
        // The caller's memory may change when the thread was created, and creating it again may be needed later.
        var meta = request.SessionMeta with { Payload = request.SessionMeta.Payload.ToArray(), Metadata = request.SessionMeta.Metadata.ToArray() };
        _request = WireWrites.ToWire(request with { SessionMeta = meta }, _id, connection.Options.Owner);
    }

    public WriterLease(RemoteConnection connection, ResumeThread request)
    {
        (_connection, Thread) = (connection, request.Thread);
        _request = WireWrites.ToWire(request, _id, connection.Options.Owner);
    }

    public ThreadId Thread { get; }

    RemoteThreadStoreOptions Options => _connection.Options;

    Wire.ThreadStore.ThreadStoreClient Client => _connection.Client;

    Wire.WriterRequest Named => new() { ThreadId = Thread.ToString(), LeaseId = _id.ToString() };

    /// <summary>Opens the writer for the first time.</summary>
    public Task<Wire.WriterState> OpenAsync(CancellationToken cancellationToken) => _connection.AskAsync(Client.OpenWriterAsync, _request, cancellationToken);

    /// <summary>Opens the writer again: the same one when the server still has it, otherwise a new one of the same thread.</summary>
    /// <param name="isStored">Whether the thread is known to be stored.</param>
    /// <param name="mayBeStored">Whether it may be, because something was sent for it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Wire.WriterState> OpenAgainAsync(bool isStored, bool mayBeStored, CancellationToken cancellationToken)
    {
        if (isStored)
            return await OnceAsync(Client.OpenWriterAsync, ToResume(), cancellationToken).ConfigureAwait(false);
        try
        {
            return await OnceAsync(Client.OpenWriterAsync, _request, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (mayBeStored && !RemoteErrors.IsPassing(e) && RemoteErrors.ToStore(e).Code == ThreadStoreErrorCode.Conflict)
        {
            // The server stored it before it lost the writer, and could not say so any more.
            return await OnceAsync(Client.OpenWriterAsync, ToResume(), cancellationToken).ConfigureAwait(false);
        }
    }

    public Task<Wire.WriterState> RenewAsync(CancellationToken cancellationToken) => OnceAsync(Client.RenewWriterAsync, Named, cancellationToken);

    public Task<Wire.WriterState> PersistAsync(CancellationToken cancellationToken) =>
        _connection.OnceAsync(Client.PersistWriterAsync, Named, Options.ChangeTimeout, cancellationToken);

    public async Task<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken)
    {
        var request = new Wire.UpdateWriterRequest { ThreadId = Thread.ToString(), LeaseId = _id.ToString(), Patch = WireThreads.ToWire(patch) };
        return WireThreads.ToStore(await _connection.OnceAsync(Client.UpdateWriterAsync, request, Options.ChangeTimeout, cancellationToken).ConfigureAwait(false));
    }

    public Task ShutDownAsync(CancellationToken cancellationToken) => _connection.OnceAsync(Client.ShutDownWriterAsync, Named, Options.ChangeTimeout, cancellationToken);

    public Task DiscardAsync(CancellationToken cancellationToken) => OnceAsync(Client.DiscardWriterAsync, Named, cancellationToken);

    public async Task<AppendReceipt> AppendAsync(Wire.AppendRequest request, CancellationToken cancellationToken)
    {
        request.ThreadId = Thread.ToString();
        request.LeaseId = _id.ToString();
        return WireWrites.ToStore(await _connection.OnceAsync(Client.AppendAsync, request, Options.ChangeTimeout, cancellationToken).ConfigureAwait(false));
    }

    public AsyncDuplexStreamingCall<Wire.AppendRequest, Wire.AppendResponse> StreamAppends(CancellationToken cancellationToken) =>
        Client.StreamAppends(_connection.For(null, cancellationToken));

    public AsyncServerStreamingCall<Wire.WriterState> Watch(CancellationToken cancellationToken) => Client.WatchWriter(Named, _connection.For(null, cancellationToken));

    /// <summary>Names the writer in the first message of a stream.</summary>
    public void Name(Wire.AppendRequest request) => (request.ThreadId, request.LeaseId) = (Thread.ToString(), _id.ToString());

    Wire.OpenWriterRequest ToResume() =>
        _request.HowCase == Wire.OpenWriterRequest.HowOneofCase.Resume ? _request : new Wire.OpenWriterRequest(_request) { Resume = new Wire.ResumeThread() };

    Task<TAnswer> OnceAsync<TRequest, TAnswer>(Func<TRequest, CallOptions, AsyncUnaryCall<TAnswer>> call, TRequest request, CancellationToken cancellationToken) =>
        _connection.OnceAsync(call, request, Options.CallTimeout, cancellationToken);
}
