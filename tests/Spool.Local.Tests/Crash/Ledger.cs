using System.Globalization;
using Spool.CrashHost;
using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>What was sent to the threads of a home and what was promised of it, over all processes that wrote there; and the comparison
/// with what a store has.</summary>
sealed class Ledger
{
    readonly Lock _gate = new();
    readonly Dictionary<string, Session> _sessions = [];

    /// <summary>Gets how many items have to be there.</summary>
    public int Promised
    {
        get
        {
            lock (_gate)
                return _sessions.Values.Sum(session => session.Promised().Count);
        }
    }

    /// <summary>Gets the threads of which something has to be there.</summary>
    public IReadOnlyList<ThreadId> Threads
    {
        get
        {
            lock (_gate)
                return [.. _sessions.Values.Where(session => session.Promised().Count > 0).Select(session => session.ThreadId).Distinct()];
        }
    }

    /// <summary>Gets how many sessions were opened.</summary>
    public int Sessions
    {
        get
        {
            lock (_gate)
                return _sessions.Count;
        }
    }

    /// <summary>Notes a line of a <see cref="WorkSession"/>.</summary>
    /// <returns>Whether it was one.</returns>
    public bool Read(string line)
    {
        var words = line.Split(' ');
        if (words[0] is not ("open" or "send" or "kept" or "waits" or "refused" or "unknown" or "safe"))
            return false;
        lock (_gate)
        {
            if (words[0] == "open")
                _sessions.Add(words[1], new Session(words[1], ThreadId.Parse(words[2])));
            else
                _sessions[words[1]].Note(words[0], [.. words[2..].Select(word => long.Parse(word, CultureInfo.InvariantCulture))]);
        }
        return true;
    }

    /// <summary>Compares with a store: everything promised is there once, at its place and in order; nothing is there that was not sent or
    /// that was refused; every thread is in the list.</summary>
    /// <param name="store">A store over the home.</param>
    /// <param name="states">The states in which a thread may be.</param>
    public async Task CheckAsync(LocalThreadStore store, params ThreadCondition[] states)
    {
        var threads = await store.EverythingAsync();

        Assert.All(threads, thread => Assert.Contains(thread.State, states));
        Assert.Empty(Threads.Except(threads.Select(thread => thread.Id)));
        foreach (var thread in threads)
            Check(thread, await store.HistoryAsync(thread.Id, TestContext.Current.CancellationToken));
    }

    void Check(StoredThread thread, List<RolloutItem> history)
    {
        if (thread.State == ThreadCondition.Torn && history[^1].Kind == RolloutItemKind.Unreadable)
            history.RemoveAt(history.Count - 1); // the beginning of a line is served as what it is
        Assert.Equal(Enumerable.Range(0, history.Count).Select(ordinal => (long)ordinal), history.Select(item => item.Ordinal));
        Assert.Equal("session_meta", history[0].Type);
        var found = history
            .Skip(1)
            .Where(item => item.Type != "session_meta")
            .Select(item => (item.Ordinal, Item: WorkItem.Read(item) ?? throw Invented(thread, item.Ordinal)))
            .ToList();
        var order = new List<string>();
        foreach (var (_, item) in found)
        {
            if (order.Count == 0 || order[^1] != item.Session)
                order.Add(item.Session);
        }
        lock (_gate)
        {
            Assert.Equal(order.Distinct().Count(), order.Count); // one writer at a time: what a session wrote is in one piece
            foreach (var session in _sessions.Values.Where(session => session.ThreadId == thread.Id))
                session.Check([
                    .. found.Where(entry => entry.Item.Session == session.Name).Select(entry => (entry.Ordinal, entry.Item.Number)),
                ]);
            Assert.All(order, name => Assert.Equal(thread.Id, _sessions[name].ThreadId));
        }
    }

    static InvalidOperationException Invented(StoredThread thread, long ordinal) =>
        new($"Item {ordinal} of thread {thread.Id} is not what anybody sent.");

    /// <summary>What one writer sent and was told.</summary>
    sealed class Session(string name, ThreadId threadId)
    {
        readonly Dictionary<int, long> _ordinals = []; // as the receipts say
        readonly HashSet<int> _kept = [],
            _refused = [],
            _unknown = [];
        int _sent,
            _safe;

        public string Name => name;

        public ThreadId ThreadId => threadId;

        public void Note(string what, long[] values)
        {
            var first = (int)values[0];
            if (what == "safe")
            {
                _safe = Math.Max(_safe, first);
                return;
            }
            for (var number = first; number < first + values[1]; number++)
            {
                switch (what)
                {
                    case "send":
                        _sent = Math.Max(_sent, number + 1);
                        break;
                    case "refused":
                        _refused.Add(number);
                        break;
                    case "unknown":
                        _unknown.Add(number);
                        break;
                    default:
                        // The second receipt of the same request has to be the first one again.
                        var ordinal = values[2] + number - first;
                        Assert.Equal(ordinal, _ordinals.GetValueOrDefault(number, ordinal));
                        _ordinals[number] = ordinal;
                        if (what == "kept")
                            _kept.Add(number);
                        break;
                }
            }
        }

        public List<int> Promised() =>
            [
                .. _kept
                    .Concat(Enumerable.Range(0, _safe))
                    .Distinct()
                    .Where(number => !_refused.Contains(number) && !_unknown.Contains(number))
                    .Order(),
            ];

        public void Check(List<(long Ordinal, int Number)> found)
        {
            var ordinals = found.ToDictionary(entry => entry.Number, entry => entry.Ordinal); // fails when an item is there twice
            Assert.Equal(found.Select(entry => entry.Number).Order(), found.Select(entry => entry.Number));
            Assert.Equal([], Promised().Except(ordinals.Keys));
            Assert.All(ordinals.Keys, number => Assert.DoesNotContain(number, _refused));
            Assert.All(ordinals.Keys, number => Assert.InRange(number, 0, _sent - 1));
            foreach (var (number, ordinal) in _ordinals.Where(entry => ordinals.ContainsKey(entry.Key)))
                Assert.Equal(ordinal, ordinals[number]);
            // What nobody promised may be missing, but only from the end, or where an append failed.
            if (found.Count > 0)
                Assert.Equal([], Enumerable.Range(0, found[^1].Number).Except(ordinals.Keys).Except(_refused).Except(_unknown));
        }
    }
}
