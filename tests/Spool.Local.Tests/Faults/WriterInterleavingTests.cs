using System.Text;
using System.Text.Json;
using Spool.TestKit;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>Every two things that may be done with a writer, or to its thread, the second one while the first is at each of its steps on
/// the disk.</summary>
public sealed class WriterInterleavingTests : IDisposable
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    static readonly string Large = new('x', 70 * 1024); // more than may wait, so that another append beside it waits for room

    static readonly IReadOnlyList<Operation> Operations =
    [
        new("append buffered", run => run.AppendAsync(Durability.Buffered)),
        new("append flushed", run => run.AppendAsync(Durability.Flushed)),
        new("append fsynced", run => run.AppendAsync(Durability.Fsynced)) { IsTriedWithFaults = true },
        new("append much", run => run.AppendAsync(Durability.Flushed, Large)),
        new(
            "append, cancelled",
            async run =>
            {
                using var cancel = new CancellationTokenSource();
                var append = run.AppendAsync(Durability.Flushed, Large, cancel.Token);
                await cancel.CancelAsync();
                await append;
            }
        ),
        new("flush", run => run.Writer.FlushAsync(Durability.Fsynced, Stop).AsTask()),
        new("persist", run => run.Writer.PersistAsync(Stop).AsTask()),
        new("rename", run => run.Writer.UpdateAsync(new ThreadPatch { Name = Change.To("new") }, Stop).AsTask()),
        new("change", run => run.Writer.UpdateAsync(new ThreadPatch { MemoryMode = "disabled" }, Stop).AsTask()),
        new("shut down", run => run.Writer.ShutDownAsync(Stop).AsTask()) { Ends = true, IsTriedWithFaults = true },
        new("discard", run => run.Writer.DiscardAsync(Stop).AsTask())
        {
            Ends = true,
            Drops = true,
            IsTriedWithFaults = true,
        },
        new("dispose", run => run.Writer.DisposeAsync().AsTask()) { Ends = true, Drops = true },
        new("archive", async run => await run.Store.ArchiveAsync(run.ThreadId, Stop)),
        new(
            "delete",
            async run =>
            {
                await run.Store.DeleteAsync(run.ThreadId, Stop);
                run.IsDeleted = true;
            }
        )
        {
            Drops = true,
        },
        new("resume", async run => await (await run.Store.ResumeAsync(new ResumeRequest(run.ThreadId), Stop)).DisposeAsync()),
        new(
            "another program writes",
            run =>
            {
                run.WriteByAnother();
                return Task.CompletedTask;
            }
        )
        {
            Drops = true,
            IsTriedWithFaults = true,
        },
    ];

    readonly TempHome _home = new();
    readonly GatedDisk _disk = new();
    int _threads;

    public static TheoryData<string, bool> First =>
        [.. Operations.Select(operation => (operation.Name, false)), .. Operations.Select(operation => (operation.Name, true))];

    public void Dispose() => _home.Dispose();

    [Theory, Guarantee("STAT-03"), MemberData(nameof(First))]
    public async Task Whatever_two_things_are_done_with_a_writer_at_once_each_ends_and_what_it_was_told_is_true(string name, bool isStored)
    {
        await using var store = _disk.Open(_home, 64 * 1024);
        var first = Operations.Single(operation => operation.Name == name);
        var steps = await StepsAsync(store, first, isStored);
        for (var at = 0; at <= steps; at++)
        {
            foreach (var second in Operations)
            {
                await PairAsync(store, first, second, isStored, at, null);
                if (at > 0 && second.IsTriedWithFaults)
                {
                    await PairAsync(store, first, second, isStored, at, PretendDisk.Full);
                    await PairAsync(store, first, second, isStored, at, PretendDisk.Broken);
                }
            }
        }
    }

    [Theory, Guarantee("LOCW-36"), InlineData(false), InlineData(true)]
    public async Task What_another_program_wrote_behind_an_append_that_failed_stays(bool isInTheMiddle)
    {
        await using var store = _disk.Open(_home, 64 * 1024);
        var run = await BeginAsync(store, isStored: true);
        var gate = _disk.Stop(DiskStep.Append, run.ThreadId.ToString());
        var append = run.AppendAsync(Durability.Flushed, Large, Stop);
        await gate.Reached.WaitAsync(Long, Stop);
        if (isInTheMiddle)
            run.WriteByAnother("""{"timestamp":""");
        run.WriteByAnother();
        gate.Go(PretendDisk.Full);

        await RefusedAsync(ThreadStoreErrorCode.OutcomeUnknown, () => append.WaitAsync(Long, Stop));
        Assert.True(run.Writer.LostToken.IsCancellationRequested);
        Assert.Equal(3, run.Lines.Length);
        await run.Writer.DisposeAsync();
    }

    async Task<int> StepsAsync(LocalThreadStore store, Operation first, bool isStored)
    {
        var run = await BeginAsync(store, isStored);
        var before = _disk.Steps;
        await run.DoAsync(first);
        var steps = _disk.Steps - before;
        await run.Writer.DisposeAsync();
        return steps;
    }

    async Task PairAsync(LocalThreadStore store, Operation first, Operation second, bool isStored, int at, Exception? outcome)
    {
        var run = await BeginAsync(store, isStored);
        run.Story =
            $"{second.Name} while {first.Name} is at step {at}{(outcome is null ? "" : $", where the disk is {outcome.Message}")}; {(isStored ? "stored" : "not stored")}";
        var gate = at == 0 ? null : _disk.StopAt(at);
        var one = Task.Run(() => run.DoAsync(first), Stop);
        if (gate is not null)
            await Task.WhenAny(gate.Reached, one).WaitAsync(Long, Stop);
        var two = Task.Run(() => run.DoAsync(second), Stop);
        // As far as it comes by itself.
        for (var i = 0; i < 30 && !two.IsCompleted; i++)
            await Task.Yield();
        gate?.Go(outcome);
        await run.InTimeAsync(Task.WhenAll(one, two));
        _disk.GoOn();

        var isFree = !run.IsLocked;
        await run.InTimeAsync(run.Writer.DisposeAsync().AsTask());
        run.Check(first, second, outcome is not null, isFree);
    }

    async Task<Run> BeginAsync(LocalThreadStore store, bool isStored)
    {
        var number = ++_threads;
        var run = new Run(_home, store, (LocalThreadWriter)await store.CreateAsync(number));
        await run.AppendAsync(isStored ? Durability.Flushed : Durability.Buffered);
        return run;
    }

    sealed record Operation(string Name, Func<Run, Task> Do)
    {
        /// <summary>Gets whether the right to write is given back when it succeeded.</summary>
        public bool Ends { get; init; }

        /// <summary>Gets whether what was acknowledged in memory only may be gone.</summary>
        public bool Drops { get; init; }

        /// <summary>Gets whether it comes second also where the disk then fails the first one.</summary>
        public bool IsTriedWithFaults { get; init; }
    }

    sealed record Append(string Text, long Place)
    {
        public AppendReceipt? Receipt { get; set; }

        public Exception? Error { get; set; }
    }

    static ReadOnlySpan<byte> Foreign =>
        """
        {"timestamp":"2026-01-01T00:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"foreign"}}

        """u8;

    sealed class Run(TempHome home, LocalThreadStore store, LocalThreadWriter writer)
    {
        readonly List<Append> _appends = [];
        readonly List<Exception> _errors = [];
        readonly HashSet<string> _done = [];
        int _foreign;

        public LocalThreadStore Store => store;

        public LocalThreadWriter Writer => writer;

        public ThreadId ThreadId => writer.ThreadId;

        public string Story { get; set; } = "";

        public bool IsDeleted { get; set; }

        public bool IsLocked => File.Exists(Path.Combine(home.Path, "thread-writer-locks", $"{ThreadId}.lock"));

        public string[] Lines => Log is { } log ? File.ReadAllLines(log) : [];

        string? Log => Directory.EnumerateFiles(home.Path, $"rollout-*{ThreadId}.jsonl", SearchOption.AllDirectories).SingleOrDefault();

        public async Task DoAsync(Operation operation)
        {
            try
            {
                await operation.Do(this);
                lock (_done)
                    _done.Add(operation.Name);
            }
            catch (Exception e) when (e is ThreadStoreException or OperationCanceledException or ObjectDisposedException)
            {
                lock (_errors)
                    _errors.Add(e);
            }
        }

        public async Task AppendAsync(Durability durability, string filling = "", CancellationToken cancellationToken = default)
        {
            Append append;
            ValueTask<AppendReceipt> call;
            lock (_appends)
            {
                _appends.Add(append = new Append($"{_appends.Count} {filling}", _appends.Count));
                call = writer.AppendAsync(Items(append.Text) with { Durability = durability }, cancellationToken);
            }
            try
            {
                append.Receipt = await call;
            }
            catch (Exception e)
            {
                append.Error = e;
                throw;
            }
        }

        public void WriteByAnother(string before = "")
        {
            if (writer.StoredPath is not { } path)
                return;
            try
            {
                using var file = PhysicalFileSystem.Instance.Open(Path.Combine(home.Path, path));
                file.Append(before.Length > 0 ? Encoding.UTF8.GetBytes(before) : Foreign);
                Interlocked.Increment(ref _foreign);
            }
            catch (FileNotFoundException)
            {
                // It was deleted.
            }
        }

        public async Task InTimeAsync(Task task)
        {
            try
            {
                await task.WaitAsync(Long, Stop);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"No end: {Story}; {writer.State}");
            }
        }

        public void Check(Operation first, Operation second, bool isRefused, bool wasFree)
        {
            var mayDrop = first.Drops || second.Drops || isRefused;
            That((LocalWriterState.Disposed, RecorderState.Ended) == writer.State, $"{writer.State}");
            That(!IsLocked, "the lock is held still");
            foreach (var ending in new[] { first, second }.Where(operation => operation.Ends && _done.Contains(operation.Name)))
                That(wasFree, $"{ending.Name} ended before the lock was free");
            foreach (var error in _errors)
            {
                That(error is not ThreadStoreException { Code: ThreadStoreErrorCode.Internal }, error.ToString());
                That(error is not ObjectDisposedException || first.Name == "dispose" || second.Name == "dispose", error.ToString());
                That(
                    error is not OperationCanceledException || first.Name == "append, cancelled" || second.Name == "append, cancelled",
                    error.ToString()
                );
                That(
                    error is not ThreadStoreException { Code: ThreadStoreErrorCode.WriterLost } || writer.LostToken.IsCancellationRequested,
                    "lost without being told"
                );
            }
            var lines = Lines;
            var stored = lines.Select(TextOf).ToList();
            That(IsDeleted == (lines.Length == 0) || mayDrop, "not stored at the end");
            That(stored.Count(text => text == "foreign") == (IsDeleted ? 0 : _foreign), "what another program wrote");
            foreach (var append in _appends)
            {
                var times = stored.Count(text => text == append.Text);
                if (append.Receipt is { } receipt && !IsDeleted)
                {
                    That(
                        times == 1 || times == 0 && !receipt.IsStored && mayDrop,
                        $"append {append.Place} was acknowledged and is there {times} times"
                    );
                    That(times == 0 || stored[(int)receipt.FirstOrdinal] == append.Text, $"append {append.Place} is not where it was said");
                }
                else if (append.Error is ThreadStoreException { Code: ThreadStoreErrorCode.OutcomeUnknown })
                    That(times <= 1, $"append {append.Place} is there {times} times");
                else
                    That(times == 0, $"append {append.Place} was refused and is there: {append.Error?.Message}");
            }
            var places = _appends.Where(append => stored.Contains(append.Text)).Select(append => stored.IndexOf(append.Text)).ToList();
            That(places.SequenceEqual(places.Order()), "in another order");
        }

        void That(bool holds, string what)
        {
            if (!holds)
                Assert.Fail($"{what}: {Story}. {string.Join(" | ", _errors.Select(error => error.Message))}");
        }

        static string TextOf(string line)
        {
            using var json = JsonDocument.Parse(line);
            var payload = json.RootElement.GetProperty("payload");
            return payload.TryGetProperty("message", out var message) ? message.GetString()! : "";
        }
    }
}
