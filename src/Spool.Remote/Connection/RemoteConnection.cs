using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Client = Spool.Contracts.SpoolV1.ThreadStore.ThreadStoreClient;

namespace Spool.Remote;

/// <summary>The one shared channel of a store, and how calls go through it.</summary>
sealed class RemoteConnection : IDisposable
{
    readonly GrpcChannel _channel;
    readonly CancellationTokenSource _closing = new();
    readonly Metadata _headers = [];
    int _isClosed;

    public RemoteConnection(RemoteThreadStoreOptions options)
    {
        Options = options;
        Closed = _closing.Token;
        Log = (ILogger?)options.LoggerFactory?.CreateLogger<RemoteThreadStore>() ?? NullLogger.Instance;
        _channel = ChannelFactory.Create(options);
        Client = new Client(_channel);
        Leases = new LeaseWatch(this);
        Contact = new FirstContact(this);
        Openings = new OpeningGate(options.ResolveFor, options.MaxPause, options.Time);
        if (options.Token is { } token)
            _headers.Add("authorization", "Bearer " + token);
        RemoteTelemetry.Add(this);
    }

    public RemoteThreadStoreOptions Options { get; }

    /// <summary>Gets the log of the store.</summary>
    public ILogger Log { get; }

    public Client Client { get; }

    /// <summary>Gets what asks the server what it can do, before anything else is asked.</summary>
    public FirstContact Contact { get; }

    /// <summary>Gets what keeps the leases of the writers.</summary>
    public LeaseWatch Leases { get; }

    /// <summary>Gets what puts the openings of writers in order.</summary>
    public OpeningGate Openings { get; }

    /// <summary>Gets the calls that are under way, except those of the writers.</summary>
    public OngoingCalls Calls { get; } = new(typeof(RemoteThreadStore));

    /// <summary>Gets the writers that have not ended.</summary>
    public OpenWriters<RemoteThreadWriter> Writers { get; } = new(typeof(RemoteThreadStore));

    /// <summary>Gets the token that is cancelled when the connection is closed, which is when everything of a store that is disposed has
    /// ended, or has had its time.</summary>
    public CancellationToken Closed { get; }

    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(Closed.IsCancellationRequested, typeof(RemoteThreadStore));

    /// <summary>Makes the options of a call. It has no deadline, which would be a time of day; clocks are set.</summary>
    /// <param name="cancellationToken">Cancels it.</param>
    public CallOptions For(CancellationToken cancellationToken) => new(_headers, cancellationToken: cancellationToken);

    /// <summary>Makes a call that changes something, again and again while that may help, once the server has said what it can do. From its
    /// first attempt on a store that is disposed waits for it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="request">Its request.</param>
    /// <param name="retry">Says whether to try again.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public ValueTask<TAnswer> ChangeAsync<TRequest, TAnswer>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TAnswer>> call,
        TRequest request,
        Retry retry,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            retry,
            async () => await AskUncheckedAsync(call, request, Options.ChangeTimeout, retry, cancellationToken).ConfigureAwait(false),
            cancellationToken
        );

    /// <summary>Makes a change of several calls.</summary>
    /// <param name="retry">What the change may take begins when the server has said what it can do.</param>
    /// <param name="make">Makes the calls, each as <see cref="AskUncheckedAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the change.</param>
    public ValueTask<T> ChangeAsync<T>(Retry retry, Func<ValueTask<T>> make, CancellationToken cancellationToken) =>
        Calls.ChangeAsync(
            async change =>
            {
                await ReadyAsync(retry, change.Token).ConfigureAwait(false);
                change.Begin();
                return await make().ConfigureAwait(false);
            },
            cancellationToken
        );

    /// <summary>Waits until the server has said what it can do.</summary>
    /// <param name="retry">What the call may take begins only then.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async ValueTask ReadyAsync(Retry retry, CancellationToken cancellationToken)
    {
        if (Contact.Answer is not null)
            return;
        await Contact.MadeAsync(cancellationToken).ConfigureAwait(false);
        retry.HasProgress();
    }

    /// <summary>Waits until the server has said what it can do, and refuses the call when it has not the ability.</summary>
    /// <typeparam name="TAbility">The interface of the ability.</typeparam>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async ValueTask RequireAsync<TAbility>(CancellationToken cancellationToken)
    {
        var server = await Contact.MadeAsync(cancellationToken).ConfigureAwait(false);
        if (StoreAbility.For(typeof(TAbility)) is { } ability && !WireAbilities.IsIn(server, ability))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"The store of this server has not the ability {ability.Name}, or the server is of an earlier version."
            );
    }

    /// <summary>Makes a call, again and again while that may help, whatever is known of the server.</summary>
    public async Task<TAnswer> AskUncheckedAsync<TRequest, TAnswer>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TAnswer>> call,
        TRequest request,
        TimeSpan limit,
        Retry retry,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            retry.ThrowIfClosed();
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await OnceAsync(call, request, limit, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                await retry.AfterAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Makes a call that only reads, or does the same when it is made twice.</summary>
    public ValueTask<TAnswer> AskAsync<TRequest, TAnswer>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TAnswer>> call,
        TRequest request,
        CancellationToken cancellationToken
    ) =>
        Calls.ReadAsync(
            async token =>
            {
                var retry = new Retry(this);
                await ReadyAsync(retry, token).ConfigureAwait(false);
                return await AskUncheckedAsync(call, request, Options.CallTimeout, retry, token).ConfigureAwait(false);
            },
            cancellationToken
        );

    /// <summary>Makes one attempt of a call.</summary>
    public async Task<TAnswer> OnceAsync<TRequest, TAnswer>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TAnswer>> call,
        TRequest request,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        using var late = new CancellationTokenSource(limit, Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var isBegun = false;
        try
        {
            using var answer = call(request, For(either.Token));
            isBegun = true;
            return await answer.ResponseAsync.ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is IOException or HttpRequestException || e is ObjectDisposedException && isBegun && Closed.IsCancellationRequested)
        {
            throw RemoteErrors.OfConnection(e);
        }
        catch (ObjectDisposedException) when (Closed.IsCancellationRequested)
        {
            ThrowIfClosed();
            throw;
        }
    }

    /// <summary>Ends reads, waits for changes and writers for as long as <see cref="RemoteThreadStoreOptions.CloseFor"/> says, and closes
    /// the connection.</summary>
    public async Task CloseAsync()
    {
        var ending = Task.WhenAll(Calls.DisposeAsync().AsTask(), Writers.EndAllAsync());
        try
        {
            await ending.WaitAsync(Options.CloseFor, Options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The rest ends with the connection.
        }
        Dispose();
        await ending.ConfigureAwait(false);
    }

    /// <summary>Ends everything that is under way.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return;
        RemoteTelemetry.Remove(this);
        _closing.Cancel();
        _channel.Dispose();
        _closing.Dispose();
    }
}
