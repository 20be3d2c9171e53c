using System.Text;
using Grpc.Core;
using Spool.TestKit;
using ZstdSharp;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Whatever other programs do to the threads of a served home, clients of both contracts get whole answers, or are told that a
/// thread is not there or moves all the time.</summary>
public sealed class ChangingHomeTests : IAsyncDisposable
{
    const int Threads = 6,
        Turns = 12,
        LeastRounds = 200,
        MostRounds = 10_000,
        LeastAnswers = 100;
    const int Lasting = 4; // of them are never deleted

    readonly string _folder = Directory.CreateTempSubdirectory("spool-changing-").FullName;
    readonly string[] _threads = [.. Enumerable.Range(0, Threads).Select(_ => Given.NewId())];
    readonly Dictionary<string, int> _refusals = [];
    readonly List<string> _wrong = [];
    int _answers;
    bool _isOver;

    string Home => Path.Join(_folder, "home");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact, Guarantee("REMO-68")]
    public async Task Clients_of_a_home_that_others_change_get_whole_answers_or_are_told_that_a_thread_is_not_there()
    {
        await using var store = LocalThreadStore.Open(
            new LocalThreadStoreOptions
            {
                Home = Home,
                CacheDirectory = Path.Join(_folder, "cache"),
                ReconcileInterval = TimeSpan.FromSeconds(2),
            }
        );
        await using var other = LocalThreadStore.Open(
            new LocalThreadStoreOptions { Home = Home, CacheDirectory = Path.Join(_folder, "other") }
        );
        await using var server = await RunningServer.StartAsync(store);
        for (var i = 0; i < Threads; i++)
            await WriteAsync(other, i);
        // a look at everything is not one moment: from here on every thread is known, and followed wherever it goes
        await store.ListAsync(new ThreadQuery(), Given.Cancellation);

        var changing = Task.Run(() => ChangeAsync(other), Given.Cancellation);
        await Task.WhenAll(
            changing.ContinueWith(_ => Volatile.Write(ref _isOver, true), TaskScheduler.Default),
            Task.Run(() => ReadSpoolAsync(server.Spool), Given.Cancellation),
            Task.Run(() => ReadCodexAsync(server.Codex), Given.Cancellation),
            Task.Run(() => ListAsync(server), Given.Cancellation),
            Task.Run(() => ForkAsync(server.Spool), Given.Cancellation)
        );
        await changing;

        Assert.True(
            _wrong.Count == 0,
            $"Of {_answers} answers {_wrong.Count} were wrong: {string.Join("\n", _wrong.Take(12))}\nrefused: {string.Join(", ", _refusals)}"
        );
        Assert.True(_answers > LeastAnswers, $"Only {_answers} answers; refused: {string.Join(", ", _refusals)}");
    }

    string TextOf(int index, int turn) => $"thread {_threads[index]}, turn {turn}";

    static bool IsPaginated(int index) => index % 2 == 1;

    async Task WriteAsync(LocalThreadStore store, int index)
    {
        var id = ThreadId.Parse(_threads[index]);
        var meta = Given.Meta(id) with { HistoryMode = IsPaginated(index) ? HistoryModes.Paginated : HistoryModes.Legacy };
        await using var writer = await store.CreateAsync(new CreateRequest(id, meta.ToItem()), Given.Cancellation);
        for (var turn = 0; turn < Turns; turn++)
        {
            NewItem[] items =
            [
                NewItem.FromJson("event_msg", $$"""{"type":"task_started","turn_id":"turn-{{turn}}"}"""),
                NewItem.FromJson("event_msg", $$"""{"type":"user_message","message":"{{TextOf(index, turn)}}"}"""),
                NewItem.FromJson("event_msg", $$"""{"type":"task_complete","turn_id":"turn-{{turn}}"}"""),
            ];
            await writer.AppendAsync(new AppendRequest(items) { Durability = Durability.Flushed }, Given.Cancellation);
        }
    }

    // Through a store of its own, as a command does, and with the means of the system, as Codex and people do.
    async Task ChangeAsync(LocalThreadStore store)
    {
        var random = new Random(1);
        // Until enough was changed and enough was answered, however fast the machine is in either.
        for (var round = 0; round < LeastRounds || round < MostRounds && Volatile.Read(ref _answers) <= LeastAnswers; round++)
        {
            var index = random.Next(Threads);
            var id = ThreadId.Parse(_threads[index]);
            try
            {
                switch (random.Next(index < Lasting ? 6 : 7))
                {
                    case 0:
                        await store.ArchiveAsync(id, Given.Cancellation);
                        break;
                    case 1:
                        await store.UnarchiveAsync(id, Given.Cancellation);
                        break;
                    case 2:
                        await store.UpdateAsync(id, new ThreadPatch { Name = Change.To($"name {round}") }, Given.Cancellation);
                        break;
                    case 3 when IsPaginated(index):
                        // A fork makes it plain, so whoever packs it takes its lock, as Codex does.
                        await using (await store.ResumeAsync(new ResumeRequest(id), Given.Cancellation))
                            Compress(_threads[index]);
                        break;
                    case 3:
                        Compress(_threads[index]);
                        break;
                    case 4 when !IsPaginated(index):
                        Uncompress(_threads[index]);
                        break;
                    case < 6:
                        Replace(_threads[index]);
                        break;
                    default:
                        await store.DeleteAsync(id, Given.Cancellation);
                        await WriteAsync(store, index);
                        break;
                }
            }
            catch (ThreadStoreException)
            {
                // it is forked or moved at this moment
            }
        }
    }

    IEnumerable<string> FilesOf(string thread) =>
        ((string[])["sessions", "archived_sessions"])
            .Select(folder => Path.Join(Home, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, $"rollout-*{thread}.jsonl*", SearchOption.AllDirectories));

    void Compress(string thread)
    {
        if (FilesOf(thread).FirstOrDefault(path => path.EndsWith(".jsonl", StringComparison.Ordinal)) is not { } plain)
            return;
        using var compressor = new Compressor();
        File.WriteAllBytes(plain + ".tmp", compressor.Wrap(File.ReadAllBytes(plain)));
        File.Move(plain + ".tmp", plain + ".zst", overwrite: true);
        File.Delete(plain);
    }

    void Uncompress(string thread)
    {
        if (FilesOf(thread).FirstOrDefault(path => path.EndsWith(".zst", StringComparison.Ordinal)) is not { } packed)
            return;
        using var decompressor = new Decompressor();
        File.WriteAllBytes(packed + ".tmp", decompressor.Unwrap(File.ReadAllBytes(packed)));
        File.Move(packed + ".tmp", packed[..^4], overwrite: true);
        File.Delete(packed);
    }

    // The same bytes in another file.
    void Replace(string thread)
    {
        if (FilesOf(thread).FirstOrDefault() is not { } path)
            return;
        File.Copy(path, path + ".tmp");
        File.Move(path + ".tmp", path, overwrite: true);
    }

    async Task ReadSpoolAsync(Wire.ThreadStore.ThreadStoreClient client)
    {
        for (var i = 0; !Volatile.Read(ref _isOver); i++)
        {
            var (index, thread) = (i % Threads, _threads[i % Threads]);
            await TryAsync(
                "history",
                index,
                async () => CheckItems(index, (await client.HistoryAsync(thread)).Select(item => Encoding.UTF8.GetString(item.Bytes.Span)))
            );
            await TryAsync(
                "items",
                index,
                async () =>
                {
                    var lines = new List<string>();
                    for (string? cursor = "first"; cursor is not null; )
                    {
                        var request = new Wire.ListItemsRequest { ThreadId = thread, Limit = 7 };
                        if (cursor != "first")
                            request.Cursor = cursor;
                        cursor = null;
                        using var call = client.ListItems(request, cancellationToken: Given.Cancellation);
                        await foreach (var batch in call.ResponseStream.ReadAllAsync(Given.Cancellation))
                        {
                            lines.AddRange(batch.Items.Select(item => item.Line.ToStringUtf8()));
                            cursor = batch.HasNextCursor ? batch.NextCursor : cursor;
                        }
                    }
                    CheckItems(index, lines);
                }
            );
            await TryAsync(
                "turns",
                index,
                async () =>
                {
                    var turns = 0;
                    using var call = client.ListTurns(
                        new Wire.ListTurnsRequest { ThreadId = thread, Limit = 100 },
                        cancellationToken: Given.Cancellation
                    );
                    await foreach (var batch in call.ResponseStream.ReadAllAsync(Given.Cancellation))
                        turns += batch.Turns.Count;
                    Check(index, turns == Turns || index >= Lasting, $"{turns} turns");
                }
            );
            await TryAsync(
                "copy",
                index,
                async () =>
                {
                    using var bytes = new MemoryStream();
                    using var call = client.CopyLog(new Wire.CopyLogRequest { ThreadId = thread }, cancellationToken: Given.Cancellation);
                    await foreach (var part in call.ResponseStream.ReadAllAsync(Given.Cancellation))
                        bytes.Write(part.Bytes.Span);
                    CheckItems(index, Encoding.UTF8.GetString(bytes.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
                }
            );
            await TryAsync(
                "find",
                index,
                async () =>
                {
                    var found = await client.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = thread });
                    Check(index, found.Thread is not null || index >= Lasting, "nothing found");
                    Check(
                        index,
                        found.Thread is null || found.Thread.State == Wire.ThreadCondition.Ok,
                        $"found as {found.Thread?.State} {found.Thread?.StateReason}"
                    );
                }
            );
        }
    }

    async Task ReadCodexAsync(Codex.ThreadStore.ThreadStoreClient client)
    {
        for (var i = 0; !Volatile.Read(ref _isOver); i++)
        {
            var (index, thread) = (i % Threads, _threads[i % Threads]);
            await TryAsync(
                "codex history",
                index,
                async () =>
                    CheckItems(
                        index,
                        (
                            await client.LoadHistoryAsync(new Codex.LoadThreadHistoryRequest { ThreadId = thread, IncludeArchived = true })
                        ).ItemsJson
                    )
            );
            await TryAsync("codex read", index, async () => CheckItems(index, (
                            await client.ReadThreadAsync(
                                new Codex.ReadThreadRequest
                                {
                                    ThreadId = thread,
                                    IncludeArchived = true,
                                    IncludeHistory = true,
                                }
                            )
                        ).Thread.History.ItemsJson));
        }
    }

    async Task ListAsync(RunningServer server)
    {
        while (!Volatile.Read(ref _isOver))
        {
            await TryAsync(
                "list",
                0,
                async () =>
                {
                    var ids = new List<string>();
                    var request = new Wire.ListThreadsRequest
                    {
                        Limit = 1000,
                        Archive = Wire.ArchiveFilter.Any,
                        Visibility = Wire.ThreadVisibility.All,
                    };
                    using var call = server.Spool.ListThreads(request, cancellationToken: Given.Cancellation);
                    await foreach (var batch in call.ResponseStream.ReadAllAsync(Given.Cancellation))
                    {
                        ids.AddRange(
                            batch.Threads.Where(thread => thread.State is not Wire.ThreadCondition.Duplicate).Select(thread => thread.Id)
                        );
                        // What is deleted at this moment may be seen without the thread that it continued.
                        foreach (
                            var thread in batch.Threads.Where(thread =>
                                thread.State is not Wire.ThreadCondition.Ok && _threads.Take(Lasting).Contains(thread.Id)
                            )
                        )
                            Check(0, false, $"a list shows {thread.State} {thread.StateReason}");
                    }
                    foreach (var (thread, index) in _threads.Select((thread, index) => (thread, index)))
                        Check(
                            index,
                            ids.Count(id => id == thread) is 1 or 0 && (index >= Lasting || ids.Contains(thread)),
                            $"{ids.Count(id => id == thread)} times in a list"
                        );
                }
            );
            await TryAsync(
                "codex list",
                0,
                async () =>
                {
                    foreach (var archived in (bool[])[false, true])
                        await server.Codex.ListThreadsAsync(new Codex.ListThreadsRequest { PageSize = 100, Archived = archived });
                }
            );
        }
    }

    async Task ForkAsync(Wire.ThreadStore.ThreadStoreClient client)
    {
        for (var i = 0; !Volatile.Read(ref _isOver); i++)
        {
            var (index, thread, fork) = (i % Threads, _threads[i % Threads], Given.NewId());
            var isMade = false;
            await TryAsync(
                "fork",
                index,
                async () =>
                {
                    await client.ForkThreadAsync(new Wire.ForkThreadRequest { SourceThreadId = thread, ThreadId = fork });
                    isMade = true;
                }
            );
            if (!isMade)
                continue;
            await TryAsync(
                "history of a fork",
                index,
                async () => CheckItems(index, (await client.HistoryAsync(fork)).Select(item => Encoding.UTF8.GetString(item.Bytes.Span)))
            );
            await TryAsync(
                "deletion of a fork",
                index,
                async () => await client.DeleteThreadAsync(new Wire.ThreadRequest { ThreadId = fork })
            );
        }
    }

    // Every message of the thread, once and in order, and none of another one. One that was deleted may be in the middle of being written
    // again.
    void CheckItems(int index, IEnumerable<string> lines)
    {
        var said = lines.Where(line => line.Contains("\"user_message\"", StringComparison.Ordinal)).ToList();
        var expected = Enumerable.Range(0, Turns).Select(turn => TextOf(index, turn)).ToList();
        Check(
            index,
            (said.Count == expected.Count || index >= Lasting)
                && said.Zip(expected).All(pair => pair.First.Contains($"\"{pair.Second}\"", StringComparison.Ordinal)),
            $"{said.Count} of {expected.Count} messages"
        );
    }

    static void Check(int index, bool isRight, string what)
    {
        if (!isRight)
            throw new InvalidDataException($"thread {index}: {what}");
    }

    async Task TryAsync(string what, int index, Func<Task> call)
    {
        try
        {
            await call();
            Interlocked.Increment(ref _answers);
        }
        catch (InvalidDataException e)
        {
            lock (_wrong)
                _wrong.Add($"{what}, {e.Message}");
        }
        catch (RpcException e)
        {
            // A thread that is deleted and made again may be caught in between, one that is moved all the time not be found in any of many
            // looks.
            var isRight =
                e.StatusCode is StatusCode.Unavailable or StatusCode.Aborted || (e.StatusCode is StatusCode.NotFound && index >= Lasting);
            lock (_wrong)
            {
                if (!isRight)
                    _wrong.Add($"{what}, thread {index}: {e.Status}");
                _refusals[$"{what} {e.StatusCode} {e.Status.Detail}"] =
                    _refusals.GetValueOrDefault($"{what} {e.StatusCode} {e.Status.Detail}") + 1;
            }
        }
    }
}
