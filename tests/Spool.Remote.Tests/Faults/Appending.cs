namespace Spool.Remote.Tests;

/// <summary>Appends numbered items to a thread of its own, and later checks that each acknowledged one is stored once and in
/// order.</summary>
sealed class Appending(IThreadStore store, int seed)
{
    readonly Random _random = new(seed);
    readonly List<string> _acknowledged = [];
    int _called;

    public ThreadId ThreadId { get; } = ThreadId.New(TimeProvider.System);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static NewItem Meta(ThreadId threadId, string mode = HistoryModes.Legacy) =>
        new SessionMeta(threadId, TimeProvider.System.GetUtcNow())
        {
            Cwd = "/w",
            Originator = "test",
            CliVersion = "0.128.0",
            HistoryMode = mode,
        }.ToItem();

    public static NewItem Item(string text) => NewItem.FromJson("event_msg", $$"""{"type":"agent_message","message":"{{text}}"}""");

    /// <summary>Appends until so many items were called.</summary>
    public Task RunAsync(int items, string mode = HistoryModes.Legacy) => RunUntilAsync(() => _called >= items, mode, () => { });

    /// <summary>Appends, several at a time, until it is enough.</summary>
    public async Task RunUntilAsync(Func<bool> isEnough, string mode, Action acknowledged)
    {
        var writer = await store.CreateAsync(new CreateRequest(ThreadId, Meta(ThreadId, mode)), Cancellation);
        var underWay = new Queue<(string[] Texts, Task<AppendReceipt> Append)>();
        while (!isEnough())
        {
            var texts = Enumerable
                .Range(0, _random.Next(1, 8))
                .Select(_ => $"{seed}-{_called++}-{new string('x', _random.Next(0, 400))}")
                .ToArray();
            var durability = _random.Next(4) == 0 ? Durability.Flushed : Durability.Buffered;
            underWay.Enqueue(
                (texts, writer.AppendAsync(new AppendRequest([.. texts.Select(Item)]) { Durability = durability }, Cancellation).AsTask())
            );
            while (underWay.Count > _random.Next(0, 12))
            {
                await AcknowledgeAsync(underWay.Dequeue());
                acknowledged();
            }
        }
        while (underWay.TryDequeue(out var next))
            await AcknowledgeAsync(next);
        await writer.ShutDownAsync(Cancellation);
        await writer.DisposeAsync();
    }

    /// <summary>Says whether the thread is exactly what was acknowledged.</summary>
    public async Task CheckAsync(IThreadStore from)
    {
        var stored = new List<string>();
        await foreach (var item in from.ReadHistoryAsync(new ReadHistoryRequest(ThreadId), Cancellation))
        {
            if (item.Type == "event_msg")
                stored.Add(System.Text.Json.JsonDocument.Parse(item.Payload).RootElement.GetProperty("message").GetString()!);
        }
        Assert.Equal(_called, _acknowledged.Count);
        Assert.Equal(_acknowledged, stored);
    }

    async Task AcknowledgeAsync((string[] Texts, Task<AppendReceipt> Append) next)
    {
#pragma warning disable VSTHRD003 // begun above
        var receipt = await next.Append;
#pragma warning restore VSTHRD003
        Assert.Equal((1 + _acknowledged.Count, next.Texts.Length), (receipt.FirstOrdinal, receipt.Count));
        _acknowledged.AddRange(next.Texts);
    }
}
