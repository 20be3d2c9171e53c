using System.Globalization;
using System.Text;
using Xunit;

namespace Spool.TestKit;

/// <summary>Does the same random changes to a store and to the model, and compares the two.</summary>
sealed class WriteModelRun(ThreadStoreHarness harness, int seed, CancellationToken cancellationToken) : IAsyncDisposable
{
    // Few threads, so that much happens to each.
    const int MaxThreads = 6;

    readonly Random _random = new(seed);
    readonly WriteModel _model = new();
    readonly Dictionary<int, IThreadWriter> _writers = [];
    IThreadStore _store = null!;
    int _next = 1;

    /// <summary>Gets what was done so far.</summary>
    public List<string> Done { get; } = [];

    public async Task OpenAsync() => _store = await harness.OpenAsync();

    public Task StepAsync() =>
        _random.Next(16) switch
        {
            0 or 1 => CreateAsync(),
            2 or 3 or 4 => AppendAsync(),
            5 => OpenOrCloseAsync(),
            6 => RenameAsync(),
            7 => RememberAsync(),
            8 or 9 or 10 => ArchiveAsync(),
            11 or 12 => ForkAsync(),
            13 => RevertAsync(),
            14 => DeleteAsync(),
            _ => ReopenAsync(),
        };

    public async Task CompareAsync()
    {
        var listed = await _store.EverythingAsync(cancellationToken);
        Assert.Equal(
            _model.Threads.Keys.Select(Id).Order(Comparer<ThreadId>.Create((x, y) => string.CompareOrdinal(x.ToString(), y.ToString()))),
            listed.Select(thread => thread.Id).OrderBy(id => id.ToString(), StringComparer.Ordinal)
        );
        foreach (var (number, expected) in _model.Threads)
        {
            var actual = await _store.GetAsync(Id(number), cancellationToken);
            Assert.Equal(
                (expected.Name, expected.Memory, expected.IsArchived, ThreadCondition.Ok),
                (actual.Name, actual.MemoryMode, actual.ArchivedAt is not null, actual.State)
            );
            Assert.Equal(Told(expected.History), Told((await _store.HistoryAsync(Id(number), cancellationToken)).Select(TextOf)));
            Assert.Equal(
                expected.Turns.Select(turn => turn.Id),
                (await _store.AllTurnsAsync(new ListTurnsRequest(Id(number)), cancellationToken)).Select(turn => turn.Id)
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers.Values)
            await writer.DisposeAsync();
        await _store.DisposeAsync();
    }

    static ThreadId Id(int number) => SeedIds.Id(number);

    // How a store keeps what was changed of a thread, in a line of the log or beside it, is its own affair; what happened in the thread is
    // not.
    static IEnumerable<string> Told(IEnumerable<string> history) => history.Where((text, index) => index == 0 || text != "session_meta");

    static string TextOf(RolloutItem item) =>
        item.Kind switch
        {
            RolloutItemKind.SessionMeta => "session_meta",
            RolloutItemKind.Event when item.IsPayload("thread_rolled_back"u8) => "thread_rolled_back",
            _ => Encoding.UTF8.GetString(item.Payload.Span),
        };

    async Task CreateAsync()
    {
        if (_model.Threads.Count >= MaxThreads)
            return;
        var number = _next++;
        Done.Add($"create {number}");
        var isPaginated = number % 2 == 1;
        var writer = await _store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch.AddMinutes(number)), cancellationToken);
        await writer.PersistAsync(cancellationToken);
        _writers[number] = writer;
        _model.Threads[number] = new WrittenThread(isPaginated);
    }

    async Task AppendAsync()
    {
        if (_writers.Count == 0)
            return;
        var (number, writer) = _writers.ElementAt(_random.Next(_writers.Count));
        var thread = _model.Threads[number];
        var turn = string.Create(CultureInfo.InvariantCulture, $"turn-{seed}-{Done.Count}");
        Done.Add($"append {turn} to {number}");
        NewItem[] items =
        [
            NewItem.FromJson("event_msg", $$"""{"type":"task_started","turn_id":"{{turn}}"}"""),
            .. StoreWriting.Notes(turn, _random.Next(4)),
            NewItem.FromJson("event_msg", $$"""{"type":"task_complete","turn_id":"{{turn}}"}"""),
        ];
        var expected = writer.NextOrdinal;
        var start = thread.History.Count;
        // A caller that appends with an expected ordinal may do so twice.
        for (var attempt = _random.Next(2); attempt >= 0; attempt--)
            Assert.Equal(
                expected,
                (
                    await writer.AppendAsync(
                        new AppendRequest(items) { ExpectedOrdinal = expected, Durability = (Durability)_random.Next(2) },
                        cancellationToken
                    )
                ).FirstOrdinal
            );
        await writer.FlushAsync(Durability.Flushed, cancellationToken);
        thread.Turns.Add((turn, start));
        thread.History.AddRange(items.NoteTexts());
    }

    async Task OpenOrCloseAsync()
    {
        if (Pick() is not { } number)
            return;
        Done.Add($"open or close {number}");
        if (_writers.ContainsKey(number))
            await CloseAsync(number);
        else if (_model.Threads[number].IsArchived)
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.Archived,
                async () => await _store.ResumeAsync(Id(number), cancellationToken)
            );
        else
            _writers[number] = await _store.ResumeAsync(Id(number), cancellationToken);
    }

    async Task RenameAsync()
    {
        if (Pick() is not { } number)
            return;
        var name = _random.Next(4) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"Name {Done.Count}");
        Done.Add($"rename {number} to {name}");
        await UpdateAsync(number, new ThreadPatch { Name = name is null ? Change.Clear<string>() : Change.To(name) });
        _model.Threads[number].Name = name;
    }

    async Task RememberAsync()
    {
        if (Pick() is not { } number)
            return;
        var memory = _random.Next(2) == 0 ? "enabled" : "disabled";
        Done.Add($"memory {number} {memory}");
        await UpdateAsync(number, new ThreadPatch { MemoryMode = memory });
        _model.Remember(number, memory);
    }

    async Task ArchiveAsync()
    {
        if (Pick() is not { } number)
            return;
        await CloseAsync(number);
        Done.Add($"archive or unarchive {number}");
        var thread = _model.Threads[number];
        _ = thread.IsArchived
            ? await _store.UnarchiveAsync(Id(number), cancellationToken)
            : await _store.ArchiveAsync(Id(number), cancellationToken);
        thread.IsArchived = !thread.IsArchived;
    }

    async Task ForkAsync()
    {
        if (Pick() is not { } number || _model.Threads.Count >= MaxThreads || Lacks(StoreTrait.ForksByReference, number))
            return;
        var turns = _model.Threads[number].Turns;
        var cut = _random.Next(turns.Count + 1);
        var point =
            cut == turns.Count ? ForkPoint.Latest
            : _random.Next(2) == 0 && cut > 0 ? ForkPoint.Through(turns[cut - 1].Id)
            : ForkPoint.Before(turns[cut].Id);
        Done.Add($"fork {number} as {_next} {point}");
        await _store.ForkAsync(new ForkRequest(Id(number), Id(_next)) { Point = point }, cancellationToken);
        _model.Fork(number, _next++, cut == turns.Count ? null : cut);
    }

    async Task RevertAsync()
    {
        if (Pick() is not { } number || _model.Threads[number] is not { IsArchived: false, Turns.Count: > 0 } thread)
            return;
        if (Lacks(StoreTrait.PaginatedRevert, number))
            return;
        // Only the newest turn: a rollout that no history continues is kept by some stores as a thread of its own.
        var turn = thread.Turns.Count - 1;
        if (thread.IsPaginated && !thread.History[thread.Turns[turn].Start..].TrueForAll(text => text != "session_meta"))
            return;
        await CloseAsync(number);
        Done.Add($"revert {number} before turn {turn}");
        await _store.RevertAsync(Id(number), thread.Turns[turn].Id, cancellationToken);
        _model.Revert(number, turn);
    }

    async Task DeleteAsync()
    {
        if (Pick() is not { } number || _random.Next(2) == 0)
            return;
        // A fork needs the logs that its history goes back to; which of them depends on the point, so only clear cases are tried.
        if (_model.Threads.Values.Any(thread => thread.NeedsLogOf.Contains(number)))
            return;
        await CloseAsync(number);
        Done.Add($"delete {number}");
        Assert.Equal(Id(number), (await _store.DeleteAsync(Id(number), cancellationToken)).ThreadId);
        _model.Threads.Remove(number);
    }

    async Task ReopenAsync()
    {
        Done.Add("reopen");
        foreach (var number in _writers.Keys.ToList())
            await CloseAsync(number);
        await _store.DisposeAsync();
        await OpenAsync();
    }

    async Task UpdateAsync(int number, ThreadPatch patch) =>
        _ = _writers.TryGetValue(number, out var writer)
            ? await writer.UpdateAsync(patch, cancellationToken)
            : await _store.UpdateAsync(Id(number), patch, cancellationToken);

    async Task CloseAsync(int number)
    {
        if (_writers.Remove(number, out var writer))
            await writer.DisposeAsync();
    }

    bool Lacks(StoreTrait trait, int number) => _model.Threads[number].IsPaginated && harness.WhyLacking(trait) is not null;

    int? Pick() => _model.Threads.Count == 0 ? null : _model.Threads.Keys.ElementAt(_random.Next(_model.Threads.Count));
}
