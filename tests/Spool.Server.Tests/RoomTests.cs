using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What nobody uses leaves room for others, and whoever takes much leaves some.</summary>
public sealed class RoomTests
{
    const string Ann = "token-of-ann-0123456789";
    const string Bob = "token-of-bob-0123456789";

    static TokenTable Tokens => TokenTable.Parse($"{Ann} ann\n{Bob} bob");

    [Theory]
    [InlineData((int)Codex.ThreadEventPersistenceMode.Limited)]
    [InlineData((int)Codex.ThreadEventPersistenceMode.Extended)]
    [Guarantee("REMO-33")]
    public async Task Sessions_that_were_shut_down_or_only_announced_leave_their_room_to_others(int mode)
    {
        await using var server = await StartAsync(maxWriters: 8);
        var threads = Enumerable.Range(0, 60).Select(_ => Given.NewId()).ToList();

        for (var i = 0; i < threads.Count; i++)
        {
            var announcement = Given.Announcement(threads[i]);
            announcement.EventPersistenceMode = (Codex.ThreadEventPersistenceMode)mode;
            await server.Codex.CreateThreadAsync(announcement);
            if (i % 3 == 1)
                await server.Codex.AppendItemsAsync(Given.Items(threads[i], Given.UserMessage("hello")));
            if (i % 3 != 2)
                await server.Codex.ShutdownThreadAsync(Given.Thread(threads[i]));
        }
        for (var i = 0; i < 7; i++)
            await server.Spool.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7()));
        foreach (var thread in threads)
            await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("again")));

        for (var i = 0; i < threads.Count; i++)
            Assert.Equal(i % 3 == 1 ? 3 : 2, (await server.Spool.HistoryAsync(threads[i])).Count);
        // The last ones that were announced are still known, the first are not: what they said of themselves is lost, and no item.
        Assert.Equal("/w", (await server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = threads[^1] })).Thread.Cwd);
        Assert.Equal("", (await server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = threads[0] })).Thread.Cwd);
    }

    [Fact]
    public async Task Announcements_are_remembered_up_to_a_limit_of_bytes()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Limits = options.Limits with { MaxAnnouncedBytes = 100_000 },
            }
        );
        var threads = Enumerable.Range(0, 3).Select(_ => Given.NewId()).ToList();

        foreach (var thread in threads)
        {
            var announcement = Given.Announcement(thread);
            announcement.BaseInstructionsJson = $$"""{"text":"{{new string('i', 20_000)}}"}""";
            await server.Codex.CreateThreadAsync(announcement);
        }
        foreach (var thread in threads)
            await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("hello")));

        var stored = await Task.WhenAll(
            threads.Select(async thread =>
                (await server.Codex.ReadThreadAsync(new Codex.ReadThreadRequest { ThreadId = thread })).Thread.Cwd
            )
        );
        Assert.Equal(["", "/w", "/w"], stored);
    }

    [Fact]
    [Guarantee("REMO-34")]
    public async Task Idle_writers_of_Codex_make_room_the_oldest_first_and_are_opened_again()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(
            memory,
            options => options with { Limits = options.Limits with { MaxWriters = 3 } }
        );
        var threads = Enumerable.Range(0, 3).Select(_ => Given.NewId()).ToList();
        foreach (var thread in threads)
        {
            await server.Codex.CreateThreadAsync(Given.Announcement(thread));
            await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("one")));
        }

        await server.Spool.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7()));
        // nobody writes it now
        await (await memory.ResumeAsync(new ResumeRequest(ThreadId.Parse(threads[0])), Given.Cancellation)).DisposeAsync();
        var held = await Assert.ThrowsAsync<ThreadStoreException>(() =>
            memory.ResumeAsync(new ResumeRequest(ThreadId.Parse(threads[1])), Given.Cancellation).AsTask()
        );
        for (var i = 0; i < 3; i++)
        {
            foreach (var thread in threads)
                await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("more")));
        }

        Assert.Equal(ThreadStoreErrorCode.HasWriter, held.Code);
        foreach (var thread in threads)
            Assert.Equal(5, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Fact]
    [Guarantee("REMO-35")]
    public async Task Leases_leave_an_eighth_of_the_writers_to_Codex_and_one_that_finds_no_room_is_told_when_to_come_again()
    {
        await using var server = await StartAsync(maxWriters: 8);
        var leases = new List<(string Thread, Guid Lease)>();
        for (var i = 0; i < 7; i++)
        {
            leases.Add((Given.NewId(), Guid.CreateVersion7()));
            await server.Spool.OpenWriterAsync(Given.Create(leases[i].Thread, leases[i].Lease));
        }

        var refusal = await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7())));
        for (var i = 0; i < 20; i++)
            await server.Codex.AppendItemsAsync(Given.Items(Given.NewId(), Given.UserMessage("hello")));
        foreach (var (thread, lease) in leases)
            await server.Spool.AppendAsync(Given.Append(thread, lease, "hello"));
        await server.Spool.ShutDownWriterAsync(Given.Writer(leases[0].Thread, leases[0].Lease));
        await server.Spool.DiscardWriterAsync(Given.Writer(leases[1].Thread, leases[1].Lease));
        for (var i = 0; i < 2; i++)
            await server.Spool.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7()));

        Assert.True(WireErrors.IsBusy(refusal));
        Assert.Equal(ThreadStoreErrorCode.Busy, WireErrors.ToStore(refusal).Code);
        Assert.True(refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        Assert.True(
            WireErrors.IsBusy(await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7()))))
        );
    }

    [Fact]
    public async Task A_refusal_of_the_store_takes_no_room_of_writers()
    {
        await using var server = await StartAsync(maxWriters: 2);

        for (var i = 0; i < 10; i++)
            Assert.Equal(
                StatusCode.NotFound,
                (await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(Given.NewId(), Guid.CreateVersion7())))).StatusCode
            );

        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Guid.CreateVersion7()));
        for (var i = 0; i < 50; i++)
            Assert.Equal(
                ThreadStoreErrorCode.HasWriter,
                WireErrors.ToStore(await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(thread, Guid.CreateVersion7())))).Code
            );
        await server.Codex.AppendItemsAsync(Given.Items(Given.NewId(), Given.UserMessage("hello")));
    }

    [Fact]
    public async Task An_append_of_Codex_waits_for_room_and_not_for_ever()
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Time = time,
                WriterIdle = TimeSpan.FromDays(10),
                Limits = options.Limits with { MaxWriters = 1 },
            }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));

        var late = server.Codex.AppendItemsAsync(Given.Items(Given.NewId(), Given.UserMessage("hello"))).ResponseAsync;
        while (!late.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        var waiting = server.Codex.AppendItemsAsync(Given.Items(Given.NewId(), Given.UserMessage("hello"))).ResponseAsync;
        await server.Spool.ShutDownWriterAsync(Given.Writer(thread, lease));
        await waiting;

#pragma warning disable VSTHRD003 // begun above
        Assert.True(WireErrors.IsBusy(await Assert.ThrowsAsync<RpcException>(() => late)));
#pragma warning restore VSTHRD003
    }

    [Fact]
    public async Task One_tenant_leaves_others_calls_and_writers()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = Tokens,
                Limits = options.Limits with { MaxCalls = 64, MaxWriters = 4 },
            }
        );
        var ann = new Wire.ThreadStore.ThreadStoreClient(server.Connect(Ann));
        var bob = new Wire.ThreadStore.ThreadStoreClient(server.Connect(Bob));
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await ann.OpenWriterAsync(Given.Create(thread, lease));

        // All the writers that one may have, and all the calls.
        for (var i = 1; i < 4; i++)
            await ann.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7()));
        var full = await Given.RefusalOf(ann.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7())));
        var watches = new List<AsyncServerStreamingCall<Wire.WriterState>>();
        RpcException? tooMany = null;
        while (tooMany is null)
        {
            watches.Add(ann.WatchWriter(Given.Writer(thread, lease), cancellationToken: Given.Cancellation));
            tooMany =
                await Record.ExceptionAsync(async () => Assert.True(await watches[^1].ResponseStream.MoveNext(Given.Cancellation)))
                as RpcException;
        }
        var watched = watches.Count - 1;
        var mine = Given.NewId();
        var id = Guid.CreateVersion7();
        await bob.OpenWriterAsync(Given.Create(mine, id));
        await bob.AppendAsync(Given.Append(mine, id, "hello"));
        using var watch = bob.WatchWriter(Given.Writer(mine, id), cancellationToken: Given.Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Given.Cancellation));
        await ann.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = thread });

        Assert.True(WireErrors.IsBusy(full));
        Assert.True(WireErrors.IsBusy(tooMany));
        Assert.Equal(49, watched); // seven eighths of those that may last, which are seven eighths of all
        foreach (var call in watches)
            call.Dispose();
    }

    [Fact]
    [Guarantee("REMO-49")]
    public async Task Streams_that_hold_nothing_leave_room_for_calls_and_for_those_of_others()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = Tokens,
                Limits = options.Limits with { MaxCalls = 64 },
            }
        );
        var ann = server.Connect(Ann);
        var (streams, refused) = (new List<IDisposable>(), 0);

        for (var i = 0; i < 150; i++)
        {
            var watch = new Health.HealthClient(server.Channel).Watch(new HealthCheckRequest(), cancellationToken: Given.Cancellation);
            streams.Add(watch);
            refused += await IsRefusedAsync(watch.ResponseStream) ? 1 : 0;
            var reflection = new ServerReflection.ServerReflectionClient(ann).ServerReflectionInfo(cancellationToken: Given.Cancellation);
            streams.Add(reflection);
            refused += await IsRefusedAsync(
                reflection.ResponseStream,
                () => reflection.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" })
            )
                ? 1
                : 0;
        }
        var health = await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest());
        using var others = new ServerReflection.ServerReflectionClient(server.Connect(Bob)).ServerReflectionInfo(
            cancellationToken: Given.Cancellation
        );
        var isOtherRefused = await IsRefusedAsync(
            others.ResponseStream,
            () => others.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" })
        );
        var store = new Wire.ThreadStore.ThreadStoreClient(ann);
        await store.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7()));

        Assert.Equal(2 * (150 - 128), refused);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        Assert.False(isOtherRefused);
        foreach (var stream in streams)
            stream.Dispose();
    }

    [Fact]
    public async Task Streams_of_writers_leave_room_for_calls_that_come_to_an_end()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Limits = options.Limits with { MaxCalls = 16 },
            }
        );
        var (streams, refused) = (new List<AsyncDuplexStreamingCall<Wire.WatchRequest, Wire.WatchEvent>>(), 0);

        for (var i = 0; i < 20; i++)
        {
            var stream = server.Spool.WatchWriters(cancellationToken: Given.Cancellation);
            streams.Add(stream);
            // A lease that is not known is answered, so the stream is there then.
            refused += await IsRefusedAsync(
                stream.ResponseStream,
                () =>
                    stream.RequestStream.WriteAsync(
                        new Wire.WatchRequest { ThreadId = Given.NewId(), LeaseId = Guid.CreateVersion7().ToString() }
                    )
            )
                ? 1
                : 0;
        }
        await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(_ => server.Spool.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7())).ResponseAsync)
        );

        Assert.Equal(6, refused);
        foreach (var stream in streams)
            stream.Dispose();
    }

    static Task<RunningServer> StartAsync(int maxWriters) =>
        RunningServer.StartInMemoryAsync(options => options with { Limits = options.Limits with { MaxWriters = maxWriters } });

    static async Task<bool> IsRefusedAsync<T>(IAsyncStreamReader<T> answers, Func<Task>? ask = null)
    {
        try
        {
            if (ask is not null)
                await ask();
        }
        catch (RpcException)
        {
            // Refused before it was read; the answer says why.
        }
        try
        {
            Assert.True(await answers.MoveNext(Given.Cancellation));
            return false;
        }
        catch (RpcException e)
        {
            Assert.True(WireErrors.IsBusy(e));
            return true;
        }
    }
}
