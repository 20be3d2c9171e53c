using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Spool.Remote;
using Spool.TestKit;
using Spool.Tests;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>A server that is stopped is soon gone, and another one goes on with its threads.</summary>
public sealed class StopTests
{
    // of a stop that takes two seconds at most, on a machine that has other things to do
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    [Fact]
    [Guarantee("REMO-50")]
    public async Task A_stop_waits_for_nobody_who_watches_and_tells_all_of_them_that_the_server_stops()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                DrainTimeout = TimeSpan.FromSeconds(30),
            }
        );
        using var health = new Health.HealthClient(server.Channel).Watch(new HealthCheckRequest(), cancellationToken: Given.Cancellation);
        Assert.True(await health.ResponseStream.MoveNext(Given.Cancellation));
        using var reflection = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo(
            cancellationToken: Given.Cancellation
        );
        await reflection.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Given.Cancellation);
        Assert.True(await reflection.ResponseStream.MoveNext(Given.Cancellation));
        using var silent = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo(
            cancellationToken: Given.Cancellation
        );
        using var leases = server.Spool.WatchWriters(cancellationToken: Given.Cancellation);
        using var appends = server.Spool.StreamAppends(cancellationToken: Given.Cancellation);

        var clock = Stopwatch.StartNew();
        await server.StopAsync();

        Assert.True(clock.Elapsed < Limit, $"It took {clock.Elapsed}.");
        Assert.True(await health.ResponseStream.MoveNext(Given.Cancellation));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, health.ResponseStream.Current.Status);
        IAsyncStreamReader<object>[] streams =
        [
            health.ResponseStream,
            reflection.ResponseStream,
            silent.ResponseStream,
            leases.ResponseStream,
            appends.ResponseStream,
        ];
        foreach (var stream in streams)
        {
            var end = await EndOfAsync(stream);
            // The last ones may not have been sent yet when their connection began to close, and find no server any more.
            var isLate = end.Status.DebugException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
            Assert.True(
                isLate || WireErrors.IsStopping(end) || end.Status.DebugException is HttpProtocolException { ErrorCode: 0 },
                end.ToString()
            );
        }
    }

    [Fact]
    [Guarantee("REMO-51")]
    public async Task A_server_that_stops_gives_its_threads_up_at_once_whatever_is_still_being_answered()
    {
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(store, options => options with { DrainTimeout = TimeSpan.FromSeconds(30) });
        var (leased, codex, lease) = (Given.NewId(), Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(leased, lease));
        for (var i = 0; i < 40; i++)
            await server.Spool.AppendAsync(Given.Append(leased, lease, new string('x', 1_000_000)));
        await server.Codex.AppendItemsAsync(Given.Items(codex, Given.UserMessage("one")));
        // A reader that does not read on: its call lasts as long as the drain.
        using var channel = server.Connect();
        using var reading = new Wire.ThreadStore.ThreadStoreClient(channel).ReadHistory(
            new Wire.ReadHistoryRequest { ThreadId = leased },
            cancellationToken: Given.Cancellation
        );
        Assert.True(await reading.ResponseStream.MoveNext(Given.Cancellation));

        var stopping = server.StopAsync().AsTask();
        foreach (var thread in (string[])[leased, codex])
        {
            await using var writer = await UntilFreeAsync(() =>
                store.ResumeAsync(new ResumeRequest(ThreadId.Parse(thread)), Given.Cancellation)
            );
            Assert.Equal(thread == leased ? 41 : 2, writer.NextOrdinal);
        }

        Assert.False(stopping.IsCompleted);
        reading.Dispose();
        await stopping;
    }

    [Fact]
    [Guarantee("OPEN-09")]
    public async Task Whoever_stops_a_server_while_somebody_else_does_waits_for_the_same_end()
    {
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(store, options => options with { DrainTimeout = TimeSpan.FromSeconds(30) });
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        for (var i = 0; i < 40; i++)
            await server.Spool.AppendAsync(Given.Append(thread, lease, new string('x', 1_000_000)));
        using var channel = server.Connect();
        using var reading = new Wire.ThreadStore.ThreadStoreClient(channel).ReadHistory(
            new Wire.ReadHistoryRequest { ThreadId = thread },
            cancellationToken: Given.Cancellation
        );
        Assert.True(await reading.ResponseStream.MoveNext(Given.Cancellation));

        var first = server.StopAsync().AsTask();
        var second = server.StopAsync().AsTask();
        await using (await UntilFreeAsync(() => store.ResumeAsync(new ResumeRequest(ThreadId.Parse(thread)), Given.Cancellation)))
            Assert.False(second.IsCompleted);
        reading.Dispose();
        await second;

        Assert.True(first.IsCompleted);
        await first;
    }

    [Fact]
    public async Task A_stop_cuts_off_readers_that_do_not_read()
    {
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(
            store,
            options =>
                options with
                {
                    DrainTimeout = new SpoolServerOptions
                    {
                        StoreOf = _ => store,
                        Addresses = [],
                        Time = TimeProvider.System,
                    }.DrainTimeout,
                }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        for (var i = 0; i < 40; i++)
            await server.Spool.AppendAsync(Given.Append(thread, lease, new string('x', 1_000_000)));
        using var reading = server.Spool.ReadHistory(
            new Wire.ReadHistoryRequest { ThreadId = thread },
            cancellationToken: Given.Cancellation
        );
        Assert.True(await reading.ResponseStream.MoveNext(Given.Cancellation));

        var clock = Stopwatch.StartNew();
        await server.StopAsync();

        Assert.True(clock.Elapsed < Limit, $"It took {clock.Elapsed}.");
    }

    [Fact]
    [Guarantee("REMO-52")]
    public async Task A_server_that_has_just_started_waits_for_threads_that_another_one_still_holds_and_an_older_one_does_not()
    {
        await using var store = new RefusingStore(new InMemoryThreadStore());
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(store, options => options with { Time = time });
        await server.Spool.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest());
        var (leased, codex, renamed) = (
            ThreadId.New(TimeProvider.System),
            ThreadId.New(TimeProvider.System),
            ThreadId.New(TimeProvider.System)
        );
        var held = new List<IThreadWriter>();
        foreach (var threadId in (ThreadId[])[leased, codex, renamed])
        {
            held.Add(await store.CreateAsync(new CreateRequest(threadId, Given.Meta(threadId).ToItem()), Given.Cancellation));
            await held[^1].PersistAsync(Given.Cancellation);
        }
        var patch = new Wire.ThreadPatch { Name = new Wire.TextChange { Value = "new" } };

        Task[] calls =
        [
            server.Spool.OpenWriterAsync(Given.Resume(leased.ToString(), Guid.CreateVersion7())).ResponseAsync,
            server.Codex.AppendItemsAsync(Given.Items(codex.ToString(), Given.UserMessage("one"))).ResponseAsync,
            server.Spool.UpdateThreadAsync(new Wire.UpdateThreadRequest { ThreadId = renamed.ToString(), Patch = patch }).ResponseAsync,
        ];
        foreach (var _ in calls)
            await store.Refusals.WaitAsync(Given.Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        foreach (var writer in held)
            await writer.DisposeAsync();
        while (!Task.WhenAll(calls).IsCompleted)
        {
            Given.Cancellation.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
        await Task.WhenAll(calls);

        time.Advance(TimeSpan.FromSeconds(2));
        var other = ThreadId.New(TimeProvider.System);
        await using var another = await store.CreateAsync(new CreateRequest(other, Given.Meta(other).ToItem()), Given.Cancellation);
        await another.PersistAsync(Given.Cancellation);
        var refusal = await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(other.ToString(), Guid.CreateVersion7())));
        Assert.Equal(StatusCode.Aborted, refusal.StatusCode);
    }

    [Fact]
    [Guarantee("REMO-72")]
    public async Task A_successor_waits_for_an_address_that_its_predecessor_still_has()
    {
        using var predecessor = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        predecessor.Start();
        var address = ListenAddress.Parse($"http://{predecessor.LocalEndpoint}");
        var time = new ManualTime();
        var starting = RunningServer.StartInMemoryAsync(options => options with { Addresses = [address], Time = time });
        await Assert.ThrowsAsync<TimeoutException>(() => starting.WaitAsync(TimeSpan.FromMilliseconds(300), Given.Cancellation));
        predecessor.Stop();

        while (!starting.IsCompleted)
        {
            Given.Cancellation.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await using var server = await starting;
        Assert.NotNull(await server.Spool.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()));
    }

    [Fact]
    [Guarantee("REMO-53")]
    public async Task A_successor_at_the_same_address_goes_on_with_every_writer()
    {
        const int Writers = 3,
            Appends = 60;
        await using var home = new ServedHome();
        await using var program = await home.ServeAsync();
        using var channel = GrpcChannel.ForAddress(program.Address);
        using var health = new Health.HealthClient(channel).Watch(new HealthCheckRequest(), cancellationToken: Given.Cancellation);
        Assert.True(await health.ResponseStream.MoveNext(Given.Cancellation));
        await using var store = new RemoteThreadStore(new RemoteThreadStoreOptions(new Uri(program.Address)));
        var threads = new List<ThreadId>();
        var half = new TaskCompletionSource();
        var appending = Enumerable
            .Range(0, Writers)
            .Select(async _ =>
            {
                var threadId = ThreadId.New(TimeProvider.System);
                lock (threads)
                    threads.Add(threadId);
                await using var writer = await store.CreateAsync(
                    new CreateRequest(threadId, Given.Meta(threadId).ToItem()),
                    Given.Cancellation
                );
                for (var i = 0; i < Appends; i++)
                {
                    var receipt = await writer.AppendAsync(
                        new AppendRequest([NewItem.FromJson("event_msg", $$"""{"type":"user_message","message":"{{i}}"}""")]),
                        Given.Cancellation
                    );
                    Assert.Equal(i + 1, receipt.FirstOrdinal);
                    if (i == Appends / 2)
                        half.TrySetResult();
                }
                Assert.False(writer.LostToken.IsCancellationRequested);
            })
            .ToList();

        await half.Task.WaitAsync(Given.Cancellation);
        var clock = Stopwatch.StartNew();
        program.Signal(PosixSignal.SIGTERM);
        await using var successor = await SuccessorAsync(home, program.Address);
        await Task.WhenAll(appending);
        Assert.Equal((0, ""), await program.EndAsync());

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"It took {clock.Elapsed}.");
        foreach (var threadId in threads)
        {
            var messages = new List<string>();
            await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(threadId), Given.Cancellation))
                messages.Add(System.Text.Encoding.UTF8.GetString(item.Bytes.Span));
            Assert.Equal(Appends + 1, messages.Count);
        }
    }

    // Tells of each thread that it has refused.
    sealed class RefusingStore(IThreadStore inner) : MutantStore(inner)
    {
        readonly ConcurrentDictionary<ThreadId, bool> _refused = new();

        public SemaphoreSlim Refusals { get; } = new(0);

        public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
            await NotingAsync(request.ThreadId, () => base.ResumeAsync(request, cancellationToken));

        public override async ValueTask<ChangedThread> UpdateAsync(
            ThreadId threadId,
            ThreadPatch patch,
            CancellationToken cancellationToken = default
        ) => await NotingAsync(threadId, () => base.UpdateAsync(threadId, patch, cancellationToken));

        async ValueTask<T> NotingAsync<T>(ThreadId threadId, Func<ValueTask<T>> call)
        {
            try
            {
                return await call();
            }
            catch (ThreadStoreException)
            {
                if (_refused.TryAdd(threadId, true))
                    Refusals.Release();
                throw;
            }
        }
    }

    // As a supervisor does that starts the next one at once: the port is free when the old one no longer listens.
    static async Task<ServedHome.ServedProgram> SuccessorAsync(ServedHome home, string address)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            timeout.Token.ThrowIfCancellationRequested();
            if (await home.TryServeAsync("--listen", address) is { } program)
                return program;
        }
    }

    static async Task<RpcException> EndOfAsync(IAsyncStreamReader<object> stream) =>
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.MoveNext(Given.Cancellation)) { }
        });

    static async Task<IThreadWriter> UntilFreeAsync(Func<ValueTask<IThreadWriter>> open)
    {
        while (true)
        {
            Given.Cancellation.ThrowIfCancellationRequested();
            try
            {
                return await open();
            }
            catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
            {
                await Task.Yield();
            }
        }
    }
}
