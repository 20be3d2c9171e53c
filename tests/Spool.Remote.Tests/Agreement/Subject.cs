using System.Text;
using System.Text.RegularExpressions;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>One kind of store under comparison: two stores over the same threads, the writers that are open on them, and everything that
/// could be seen of them, as text.</summary>
abstract partial class Subject : IAsyncDisposable
{
    readonly Dictionary<int, IThreadWriter> _writers = [];
    readonly HashSet<IThreadWriter> _ending = [];
    readonly List<string> _cursors = [];
    readonly List<string> _unknown = [];

    /// <summary>Gets the clock, which stands still between two steps.</summary>
    public StepTime Time { get; } = new();

    /// <summary>Gets the two stores.</summary>
    public IThreadStore[] Stores { get; } = new IThreadStore[2];

    public abstract ValueTask PutAsync(ThreadSeed seed);

    public abstract ValueTask<IThreadStore> OpenAsync(int which);

    /// <summary>Runs a program and gives what was seen at each of its steps, and in the end: with the writers that are open then, and
    /// without.</summary>
    public async Task<List<string>> RunAsync(int number, IReadOnlyList<ThreadSeed> seeds, IReadOnlyList<Step> steps)
    {
        foreach (var seed in seeds)
            await PutAsync(seed);
        for (var which = 0; which < Stores.Length; which++)
            Stores[which] = await OpenAsync(which);
        var seen = new List<string>();
        foreach (var step in steps)
        {
            Time.Now = SeedIds.Epoch.AddDays(1).AddMinutes(step.Number);
            seen.Add(await SeeAsync(() => step.Do(this)));
        }
        seen.Add(await SeeAsync(() => Seen.EverythingAsync(Stores[0], always: 0, number)));
        foreach (var slot in _writers.Keys.Order().ToList())
            seen.Add(await SeeAsync(() => CloseAsync(slot)));
        seen.Add(await SeeAsync(() => Seen.EverythingAsync(Stores[1], always: 2, number)));
        return seen;
    }

    /// <summary>Asks for a page, and goes on with those behind it.</summary>
    /// <param name="wish">Which cursor the first one begins with.</param>
    /// <param name="most">How many pages are asked for at most.</param>
    /// <param name="read">Asks for one.</param>
    /// <param name="text">Says what is on it.</param>
    public async Task<string> PagesAsync<T>(int wish, int most, Func<string?, ValueTask<Page<T>>> read, Func<Page<T>, string> text)
    {
        var seen = new StringBuilder();
        var cursor = Cursor(wish);
        for (var pages = 0; pages == 0 || pages < most && cursor is not null; pages++)
        {
            var page = await read(cursor);
            cursor = page.NextCursor;
            seen.Append(Next(cursor)).Append(text(page));
        }
        return seen.ToString();
    }

    /// <summary>Gives a cursor that some page had, or null where none is wanted or there was none yet.</summary>
    string? Cursor(int wish) =>
        wish switch
        {
            < 0 => null,
            0 => "no cursor",
            _ => _cursors.Count == 0 ? null : _cursors[wish % _cursors.Count],
        };

    /// <summary>Remembers the cursor of a page for later steps, and says whether there is one.</summary>
    string Next(string? cursor)
    {
        if (cursor is not null)
            _cursors.Add(cursor);
        return cursor is null ? "end" : "more";
    }

    public IThreadWriter? Writer(int slot) => _writers.GetValueOrDefault(slot);

    /// <summary>Opens a writer in the place of another one.</summary>
    public async Task<string> OpenAsync(int slot, Func<ValueTask<IThreadWriter>> open)
    {
        var closed = await SeeAsync(() => CloseAsync(slot));
        var writer = await open();
        _writers[slot] = writer;
        return $"{closed}; {StateOf(writer, isEnding: false)}";
    }

    public async Task<string> CloseAsync(int slot)
    {
        if (!_writers.Remove(slot, out var writer))
            return "none";
        await writer.DisposeAsync();
        return "closed";
    }

    /// <summary>Closes all writers and one of the stores, looks at it, and opens it again.</summary>
    public async Task<string> ReopenAsync(int which, Func<IThreadStore, Task<string>> look)
    {
        var seen = new StringBuilder();
        foreach (var slot in _writers.Keys.Order().ToList())
            seen.Append(await SeeAsync(() => CloseAsync(slot))).Append(' ');
        await Stores[which].DisposeAsync();
        seen.Append(await SeeAsync(() => look(Stores[which])));
        Stores[which] = await OpenAsync(which);
        return seen.ToString();
    }

    /// <summary>Says what a writer says of itself. One that was told to end is not asked whether its thread is stored.</summary>
    public string StateOf(IThreadWriter writer, bool isEnding)
    {
        if (isEnding)
            _ending.Add(writer);
        return $"{writer.HistoryMode} next={writer.NextOrdinal} {(_ending.Contains(writer) ? "" : $"stored={writer.IsStored} ")}lost={writer.LostToken.IsCancellationRequested}";
    }

    public async Task<string> SeeAsync(Func<Task<string>> action)
    {
        string text;
        try
        {
            text = await action();
        }
        catch (ThreadStoreException e)
        {
            text =
                $"! {e.Code} next={e.NextOrdinal} forks=[{string.Join(',', e.Forks)}]{(e.Code == ThreadStoreErrorCode.HasWriter ? $" owner={e.Owner is not null}" : "")} again={e.RetryAfter}{(e.Code == ThreadStoreErrorCode.Internal ? e.ToString() : "")}";
        }
        catch (Exception e) when (e is ArgumentException or ObjectDisposedException or OperationCanceledException)
        {
            text = $"! {(e is ArgumentException ? "misuse" : e is ObjectDisposedException ? "disposed" : "cancelled")}";
        }
        // Ids that a store makes for itself are made of the time and of chance.
        return AnyId()
            .Replace(
                text,
                match =>
                {
                    if (match.Value.Contains("-7000-8000-", StringComparison.Ordinal))
                        return match.Value;
                    if (!_unknown.Contains(match.Value))
                        _unknown.Add(match.Value);
                    return $"#{_unknown.IndexOf(match.Value)}";
                }
            );
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var slot in _writers.Keys.ToList())
            await CloseAsync(slot);
        foreach (var store in Stores)
        {
            if (store is not null)
                await store.DisposeAsync();
        }
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex AnyId();
}

/// <summary>A clock whose time of day is set, and whose timers and timestamps are the system's.</summary>
sealed class StepTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = SeedIds.Epoch;

    public override DateTimeOffset GetUtcNow() => Now;
}
