using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A read that breaks goes on in the same history, or says that there is another one.</summary>
public sealed class ResumptionTests
{
    /// <summary>How many items are given before the connection breaks, at least.</summary>
    const int Given = 20;

    /// <summary>More than every buffer on the way can hold behind those that were given.</summary>
    const int Items = 1500;

    const int Length = 10_000;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("the same", true)]
    [InlineData("longer", true)]
    [InlineData("another of the same length", false)]
    [InlineData("another from the first item on", false)]
    [InlineData("another in one letter", false)]
    [InlineData("shorter than what was given", false)]
    [InlineData("empty", false)]
    [Guarantee("REMO-54")]
    public async Task A_read_that_resumes_never_puts_one_history_behind_another(string now, bool goesOn)
    {
        foreach (var what in (string[])["history", "copy"])
        {
            var threadId = ThreadId.New(TimeProvider.System);
            await using var before = await StoreOfAsync(threadId, Texts("the same"));
            await using var after = await StoreOfAsync(threadId, Texts(now));
            await using var first = await RunningServer.StartAsync(before);
            await using var second = await RunningServer.StartAsync(after);
            await using var proxy = new FaultProxy(first.Address);
            await using var store = await first.ConnectAsync(options =>
                options with
                {
                    Address = proxy.Address,
                    MaxPause = TimeSpan.FromMilliseconds(50),
                    RetryFor = TimeSpan.FromSeconds(20),
                }
            );
            await store.FindAsync(threadId, Cancellation); // by the connection that is to be cut
            proxy.Retarget(second.Address);
            var connections = proxy.Accepted;

            var error = await Record.ExceptionAsync(() =>
                what == "history" ? ReadAsync(store, threadId, proxy.Break) : CopyAsync(store, threadId, proxy.Break)
            );

            Assert.True(proxy.Accepted > connections, "The read was over before it broke.");
            if (goesOn)
                Assert.Null(error);
            else
                Assert.Equal(ThreadStoreErrorCode.Unavailable, Assert.IsType<ThreadStoreException>(error).Code);
        }
    }

    static IEnumerable<string> Texts(string kind) =>
        kind switch
        {
            "the same" => Range(Items, i => $"{i}"),
            "longer" => Range(Items + 10, i => $"{i}"),
            "another of the same length" => Range(Items, i => i < 5 ? $"{i}" : $"{i}".Replace('1', 'x')),
            "another from the first item on" => Range(Items, i => $"x{i}"),
            "another in one letter" => Range(Items, i => i == 3 ? "y" : $"{i}"),
            "shorter than what was given" => Range(Given / 2, i => $"{i}"),
            _ => [],
        };

    static IEnumerable<string> Range(int count, Func<int, string> text) =>
        Enumerable.Range(0, count).Select(i => text(i) + new string(' ', Length));

    static async Task<InMemoryThreadStore> StoreOfAsync(ThreadId threadId, IEnumerable<string> texts)
    {
        var store = new InMemoryThreadStore();
        var meta = new SessionMeta(threadId, DateTimeOffset.UnixEpoch.AddYears(56))
        {
            Cwd = "/w",
            Originator = "tests",
            CliVersion = "1.0.0",
            ModelProvider = "mock",
        };
        await using var writer = await store.CreateAsync(
            new CreateRequest(threadId, meta.ToItem() with { Timestamp = DateTimeOffset.UnixEpoch }),
            Cancellation
        );
        await writer.AppendAsync(
            new AppendRequest([
                .. texts.Select(text =>
                    NewItem.FromJson("event_msg", $$"""{"type":"user_message","message":"{{text}}"}""") with
                    {
                        Timestamp = DateTimeOffset.UnixEpoch,
                    }
                ),
            ]),
            Cancellation
        );
        await writer.PersistAsync(Cancellation);
        return store;
    }

    static async Task ReadAsync(RemoteThreadStore store, ThreadId threadId, Action breaks)
    {
        var given = 0;
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(threadId), Cancellation))
        {
            Assert.NotEqual(0, item.Length);
            if (++given == Given)
                breaks();
        }
    }

    static async Task CopyAsync(RemoteThreadStore store, ThreadId threadId, Action breaks)
    {
        await using var copy = new BreakingStream(breaks);
        await store.GetService<IStoredBytes>()!.CopyLogAsync(threadId, copy, Cancellation);
    }

    /// <summary>Breaks the connection once it was given as many bytes as the items that are given have.</summary>
    sealed class BreakingStream(Action breaks) : MemoryStream
    {
        bool _broke;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            if (_broke || Length < Given * ResumptionTests.Length)
                return;
            _broke = true;
            breaks();
        }
    }
}
