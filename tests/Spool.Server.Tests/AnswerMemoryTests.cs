using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using Spool.TestKit;
using Spool.Tests;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What answers cost that are not read is bounded, and others are served meanwhile.</summary>
public sealed class AnswerMemoryTests
{
    const int MiB = 1024 * 1024;

    [Fact, Guarantee("REMO-46")]
    public async Task Readers_that_do_not_read_take_no_more_than_there_is_for_answers_and_others_are_served()
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Time = time,
                Limits = options.Limits with { MaxAnswerBytes = 40 * MiB },
            }
        );
        var (large, small) = (await WriteAsync(16 * MiB), await WriteAsync(1000));
        using var stalled = server.Spool.ReadHistory(
            new Wire.ReadHistoryRequest { ThreadId = large },
            cancellationToken: Given.Cancellation
        );
        await stalled.ResponseHeadersAsync; // it has its room, and nobody takes what it sends

        // The time here runs faster than the server, so it may be told that there is no room before the other is gone.
        var waiting = Until.NotRefusedAsync(() => server.Spool.HistoryAsync(large));
        Assert.Equal(2, (await server.Spool.HistoryAsync(small)).Count);
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1)); // until the other is in the way of others for too long
            await Task.Yield();
        }
        var history = await waiting;

        Assert.Equal(2, history.Count);
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stalled.ResponseStream.MoveNext(Given.Cancellation)) { }
        });

        async Task<string> WriteAsync(int bytes)
        {
            var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
            await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
            await server.Spool.AppendAsync(Given.Append(thread, lease, new string('x', bytes)));
            return thread;
        }
    }

    [Fact, Guarantee("REMO-47")]
    public async Task Large_reads_wait_for_each_other_and_small_ones_for_nobody()
    {
        await using var store = new SlowReads();
        await using var server = await RunningServer.StartAsync(
            store,
            options => options with { Limits = options.Limits with { MaxAnswerBytes = 40 * MiB } }
        );
        var threads = Enumerable.Range(0, 12).Select(_ => Given.NewId()).ToList();
        foreach (var thread in threads)
        {
            var lease = Guid.CreateVersion7();
            await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
            await server.Spool.AppendAsync(Given.Append(thread, lease, "hello"));
        }

        store.Large = threads[..2];
        var first = server.Spool.HistoryAsync(threads[0]);
        await store.ReadingAsync();
        var second = server.Spool.HistoryAsync(threads[1]);
        var small = threads[2..].Select(server.Spool.HistoryAsync).ToList();
        for (var i = 0; i < small.Count; i++)
            await store.ReadingAsync(); // all at once, beside the large one
        Assert.Equal(1, store.LargeReadings);
        store.GoOn();
        await Task.WhenAll([first, .. small]);

        Assert.Equal(2, (await second).Count);
    }

    [Fact, Guarantee("REMO-48")]
    public async Task The_memory_of_the_program_stays_bounded_whoever_does_not_read_and_whatever_they_send()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak of a process is read from /proc.");
        await using var home = new ServedHome();
        await using var program = await home.ServeAsync();
        var threads = new List<string>();
        using (var channel = Connect())
        {
            var spool = new Wire.ThreadStore.ThreadStoreClient(channel);
            foreach (var size in (int[])[20 * MiB, 1000])
            {
                var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
                await spool.OpenWriterAsync(Given.Create(thread, lease));
                for (var i = 0; i < 3; i++)
                    await spool.AppendAsync(Given.Append(thread, lease, new string('x', size)));
                threads.Add(thread);
            }
        }

        var channels = Enumerable.Range(0, 18).Select(_ => Connect()).ToList();
        var calls = new List<IDisposable>();
        for (var i = 0; i < channels.Count; i++)
        {
            var spool = new Wire.ThreadStore.ThreadStoreClient(channels[i]);
            calls.Add(
                (i % 3) switch
                {
                    0 => spool.ReadHistory(new Wire.ReadHistoryRequest { ThreadId = threads[0] }, cancellationToken: Given.Cancellation),
                    1 => spool.ListItems(
                        new Wire.ListItemsRequest { ThreadId = threads[0], Limit = 100 },
                        cancellationToken: Given.Cancellation
                    ),
                    _ => spool.ListTurns(
                        new Wire.ListTurnsRequest
                        {
                            ThreadId = threads[0],
                            Limit = 100,
                            Direction = Wire.SortDirection.Ascending,
                        },
                        cancellationToken: Given.Cancellation
                    ),
                }
            );
        }
        for (var i = 0; i < 100; i++)
        {
            using var channel = Connect();
            var spool = new Wire.ThreadStore.ThreadStoreClient(channel);
            Assert.Equal(4, (await spool.HistoryAsync(threads[1])).Count);
        }

        Assert.InRange(program.PeakMiB, 50, 460);
        calls.ForEach(call => call.Dispose());
        channels.ForEach(channel => channel.Dispose());

        GrpcChannel Connect() =>
            GrpcChannel.ForAddress(program.Address, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
    }

    /// <summary>A store whose reads wait for the test once they have room.</summary>
    sealed class SlowReads() : MutantStore(new InMemoryThreadStore())
    {
        readonly SemaphoreSlim _reading = new(0);
        readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int _largeReadings;

        public IReadOnlyList<string> Large { get; set; } = [];

        public int LargeReadings => _largeReadings;

        public Task ReadingAsync() => _reading.WaitAsync(Given.Cancellation);

        public void GoOn() => _goOn.SetResult();

        public override async IAsyncEnumerable<RolloutItem> ReadHistoryAsync(
            ReadHistoryRequest request,
            [EnumeratorCancellation] CancellationToken cancellationToken = default
        )
        {
            if (Large.Contains(request.ThreadId.ToString()))
            {
                await request.Room!.TakeAsync(16 * MiB, cancellationToken);
                Interlocked.Increment(ref _largeReadings);
            }
            _reading.Release();
            await _goOn.Task.WaitAsync(cancellationToken);
            await foreach (var item in Inner.ReadHistoryAsync(request, cancellationToken))
                yield return item;
        }
    }
}
