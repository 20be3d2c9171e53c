using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>The lease by which the server knows a writer, and the calls that are made with it. Each call is one attempt.</summary>
sealed class WriterLease
{
    readonly RemoteConnection _connection;
    readonly Wire.OpenWriterRequest _request;

    public WriterLease(RemoteConnection connection, CreateRequest request)
    {
        (_connection, ThreadId) = (connection, request.ThreadId);
        // The caller's memory may change when the thread was created, and creating it again may be needed later.
        var meta = request.SessionMeta with
        {
            Payload = request.SessionMeta.Payload.ToArray(),
            Metadata = request.SessionMeta.Metadata.ToArray(),
        };
        _request = WireWrites.ToWire(request with { SessionMeta = meta }, Id, connection.Options.Owner);
    }

    public WriterLease(RemoteConnection connection, ResumeRequest request)
    {
        (_connection, ThreadId) = (connection, request.ThreadId);
        _request = WireWrites.ToWire(request, Id, connection.Options.Owner);
    }

    public ThreadId ThreadId { get; }

    /// <summary>Gets the id of the lease.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    RemoteThreadStoreOptions Options => _connection.Options;

    Wire.ThreadStore.ThreadStoreClient Client => _connection.Client;

    /// <summary>Gets the request that names it.</summary>
    public Wire.WriterRequest Named => new() { ThreadId = ThreadId.ToString(), LeaseId = Id.ToString() };

    /// <summary>Opens the writer for the first time.</summary>
    public Task<Wire.WriterState> OpenAsync(CancellationToken cancellationToken) =>
        _connection.AskUncheckedAsync(Client.OpenWriterAsync, _request, Options.CallTimeout, new Retry(_connection), cancellationToken);

    /// <summary>Opens the writer again: the same one when the server still has it, otherwise a new one of the same thread.</summary>
    /// <param name="how">What is known of the thread.</param>
    /// <param name="afterStream">The number of the last stream.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Wire.WriterState> OpenAgainAsync(OpenAgain how, int afterStream, CancellationToken cancellationToken)
    {
        if (!await _connection.Openings.EnterAsync(cancellationToken).ConfigureAwait(false))
            throw new RpcException(new Status(StatusCode.Unavailable, "The server opens no writers again."));
        var outcome = OpeningOutcome.Unanswered;
        try
        {
            var state = await OpenInTurnAsync(how, afterStream, cancellationToken).ConfigureAwait(false);
            outcome = OpeningOutcome.Answered;
            return state;
        }
        catch (RpcException e) when (!RemoteErrors.IsPassing(e) || WireErrors.IsBusy(e))
        {
            outcome = OpeningOutcome.Answered;
            throw;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            outcome = OpeningOutcome.GivenUp; // it might have been answered at the next moment
            throw;
        }
        finally
        {
            _connection.Openings.Leave(outcome);
        }
    }

    async Task<Wire.WriterState> OpenInTurnAsync(OpenAgain how, int afterStream, CancellationToken cancellationToken)
    {
        var toResume = new Wire.OpenWriterRequest(_request) { AfterStream = afterStream };
        if (toResume.Resume is null)
            toResume.Resume = new Wire.ResumeThread();
        if (how == OpenAgain.Resume)
            return await OnceAsync(Client.OpenWriterAsync, toResume, cancellationToken).ConfigureAwait(false);
        try
        {
            return await OnceAsync(
                    Client.OpenWriterAsync,
                    new Wire.OpenWriterRequest(_request) { AfterStream = afterStream },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (RpcException e) when (how == OpenAgain.CreateOrResume && RemoteErrors.ToStore(e).Code == ThreadStoreErrorCode.AlreadyExists)
        {
            // The server stored it before it lost the writer, and could not say so any more.
            return await OnceAsync(Client.OpenWriterAsync, toResume, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the lease back.</summary>
    /// <param name="kind">Whether pending items are stored.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task ReleaseAsync(ControlKind kind, CancellationToken cancellationToken) =>
        kind == ControlKind.Discard
            ? DiscardAsync(cancellationToken)
            : _connection.OnceAsync(Client.ShutDownWriterAsync, Named, Options.ChangeTimeout, cancellationToken);

    public Task DiscardAsync(CancellationToken cancellationToken) => OnceAsync(Client.DiscardWriterAsync, Named, cancellationToken);

    public AsyncDuplexStreamingCall<Wire.AppendRequest, Wire.AppendResponse> StreamAppends(CancellationToken cancellationToken) =>
        Client.StreamAppends(_connection.For(cancellationToken));

    /// <summary>Names the writer in the first message of a stream.</summary>
    public void Name(Wire.AppendRequest request, int stream) =>
        (request.ThreadId, request.LeaseId, request.Stream) = (ThreadId.ToString(), Id.ToString(), stream);

    Task<TAnswer> OnceAsync<TRequest, TAnswer>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TAnswer>> call,
        TRequest request,
        CancellationToken cancellationToken
    ) => _connection.OnceAsync(call, request, Options.CallTimeout, cancellationToken);
}
