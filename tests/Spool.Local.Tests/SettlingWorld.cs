using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>Ways in which settling could be wrong, to see that the simulation notices.</summary>
enum SettlingFault
{
    None,

    /// <summary>What the look saw is believed, and not confirmed inside the transaction.</summary>
    BelievesTheLook,

    /// <summary>A file that is not at its path is looked for nowhere else.</summary>
    LooksAtOneSide,

    /// <summary>A scan is stored when there is a row at its path, whatever that row says by then.</summary>
    ComparesThePathOnly,
}

/// <summary>
/// A disk and an index that several processes use, without files and threads: between any two steps of one of them others move, append,
/// replace and delete, and look and store on their own. Everything follows from the seed.
/// </summary>
/// <remarks>A file's bytes are its number and how far it was written; so a row is right when its number and its length are.</remarks>
sealed class SettlingWorld(int seed, SettlingFault fault) : ISettledRows
{
    const int Names = 3;
    const int MostMovesATransaction = 2;
    const int MostNested = 2;

    readonly Random _random = new(seed);
    readonly SortedDictionary<string, SimulatedFile> _disk = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, SimulatedRow> _rows = new(StringComparer.Ordinal);
    readonly Dictionary<long, long> _longest = [];
    readonly Dictionary<string, long> _touched = Enumerable.Range(0, Names).ToDictionary(NameOf, _ => 0L);
    readonly Dictionary<string, int> _moves = [];
    readonly HashSet<string> _vanished = [];
    Dictionary<string, FileStamp>? _hint;
    long _time;
    long _lastKey;
    long _lastInode;
    int _nested;
    bool _isInTransaction;
    bool _isQuiet;

    /// <summary>Runs some calls of several processes, and one at the end when nobody disturbs.</summary>
    public void Run()
    {
        for (var call = 0; call < 6; call++)
        {
            Disturb();
            Call();
        }
        _isQuiet = true;
        Call();
        Check(
            _rows.Keys.SequenceEqual(_disk.Keys),
            $"the index has {string.Join(", ", _rows.Keys)}, the disk {string.Join(", ", _disk.Keys)}"
        );
    }

    static string NameOf(int number) => $"rollout-2026-01-01T00-00-0{number}-{SeedIds.Id(number)}.jsonl";

    static string[] PlacesOf(string name) => [$"sessions/2026/01/01/{name}", $"archived_sessions/{name}"];

    // One call of one process: it looks, reads what changed, and settles; its answer has to hold what was there before it began.
    void Call()
    {
        var began = ++_time;
        var rows = _rows.ToDictionary(row => row.Key, row => row.Value);
        var seen = new Dictionary<string, FileStamp>();
        foreach (var place in Shuffled(Enumerable.Range(0, Names).SelectMany(number => PlacesOf(NameOf(number)))))
        {
            Disturb();
            if (_disk.TryGetValue(place, out var file))
                seen[place] = file.Stamp;
        }
        Others();
        var gone = rows.Values.Where(row => !seen.ContainsKey(row.Path)).ToList();
        var work = new List<(string Path, RolloutScan? Pass)>();
        foreach (var (place, stamp) in Shuffled(seen.OrderBy(entry => entry.Key, StringComparer.Ordinal)))
        {
            var known = rows.GetValueOrDefault(place);
            if (known?.Stamp == stamp)
                continue;
            if (
                known is null
                && gone.Find(row => Path.GetFileName(row.Path) == Path.GetFileName(place) && stamp.IsRenamed(row.Stamp)) is { } moved
            )
            {
                gone.Remove(moved);
                known = moved;
            }
            Others();
            work.Add((place, Pass(new ScannedRollout(place, stamp), known)));
        }
        work.AddRange(gone.Select(row => (row.Path, (RolloutScan?)null)));
        Others();
        while (work.Count > 0)
        {
            var part = work[..Math.Min(work.Count, _random.Next(1, 4))];
            work.RemoveRange(0, part.Count);
            Transact(part, seen);
            Others();
        }
        foreach (var name in _touched.Where(name => name.Value < began).Select(name => name.Key))
            CheckEqual(name);
    }

    void Transact(List<(string Path, RolloutScan? Pass)> work, Dictionary<string, FileStamp> seen)
    {
        (_isInTransaction, _hint) = (true, fault == SettlingFault.BelievesTheLook ? seen : null);
        _moves.Clear();
        _vanished.Clear();
        var known = _rows.Values.Select(row => Path.GetFileName(row.Path)).Where(name => PlacesOf(name).Any(_disk.ContainsKey)).ToHashSet();
        var settlement = new RowSettlement(this);
        foreach (var (path, scan) in work)
            settlement.Settle(path, scan is null ? null : Weakened(path, scan));
        settlement.SettleNamesakes([.. _rows.Values.Select(row => row.Known)]);
        (_isInTransaction, _hint) = (false, null);
        foreach (var name in known.Where(name => !_vanished.Contains(name)))
            Check(PlacesOf(name).Any(_rows.ContainsKey), $"{name} was there all the time, and has no row");
        foreach (var row in _rows.Values)
            Check(row.Length <= _longest[row.Inode], $"{row.Path} holds {row.Length} of {_longest[row.Inode]}");
    }

    RolloutScan Weakened(string path, RolloutScan scan) =>
        fault == SettlingFault.ComparesThePathOnly ? scan with { From = _rows.GetValueOrDefault(path)?.Known } : scan;

    // Another process calls in between; it gets what was there before it began, whatever the first one is at.
    void Others()
    {
        Disturb();
        if (_isQuiet || _nested >= MostNested || _random.Next(4) != 0)
            return;
        _nested++;
        Call();
        _nested--;
    }

    // Another program changes the disk.
    void Disturb()
    {
        if (_isQuiet || _random.Next(_isInTransaction ? 6 : 3) != 0)
            return;
        var name = NameOf(_random.Next(Names));
        var places = PlacesOf(name);
        var at = places.FirstOrDefault(_disk.ContainsKey);
        _touched[name] = ++_time;
        if (at is null)
        {
            Put(places[_random.Next(2)], new SimulatedFile(new FileStamp(1, _time, ++_lastInode, _time)));
            return;
        }
        var file = _disk[at];
        switch (_random.Next(10))
        {
            case < 5:
                if (_isInTransaction && _moves.GetValueOrDefault(name) >= MostMovesATransaction)
                    return;
                _moves[name] = _moves.GetValueOrDefault(name) + 1;
                _disk.Remove(at);
                Put(places.First(place => place != at), new SimulatedFile(file.Stamp with { ChangedNs = _time }));
                break;
            case < 8:
                Put(at, new SimulatedFile(file.Stamp with { Size = file.Stamp.Size + 1, ModifiedNs = _time, ChangedNs = _time }));
                break;
            case 8:
                Put(at, new SimulatedFile(new FileStamp(_random.Next(1, 4), _time, ++_lastInode, _time)));
                break;
            default:
                _disk.Remove(at);
                _vanished.Add(name);
                break;
        }
    }

    void Put(string path, SimulatedFile file)
    {
        _disk[path] = file;
        _longest[file.Stamp.Inode] = file.Stamp.Size;
    }

    // As the indexer does: from where the row ends when it is the same file and grew or was renamed, else from the start.
    RolloutScan? Pass(ScannedRollout scanned, SimulatedRow? known)
    {
        Disturb();
        if (!_disk.TryGetValue(scanned.Path, out var file))
            return null;
        var isLonger = known is not null && scanned.Stamp.Inode == known.Stamp.Inode && scanned.Stamp.Size != known.Stamp.Size;
        var isRenamed = known is not null && scanned.Path != known.Path && scanned.Stamp.IsRenamed(known.Stamp);
        var goesOn = (isLonger || isRenamed) && known!.Inode == file.Stamp.Inode && scanned.Stamp.Size >= known.Length;
        return new RolloutScan(
            RowOf(scanned.Path, scanned.Stamp, file.Stamp.Inode, file.Stamp.Size),
            goesOn ? RowOf(known!.Path, known.Stamp, known.Inode, known.Length) : null,
            null
        )
        {
            From = known?.Known,
            Inode = scanned.Stamp.Inode,
        };
    }

    static RolloutRow RowOf(string path, FileStamp stamp, long inode, long length) =>
        new()
        {
            Path = path,
            Stamp = stamp,
            ClaimedThread = default,
            Rollout = default,
            Scan = new ScanState
            {
                Facts = new ThreadFacts(),
                Totals = new LogTotals(),
                Length = length,
                Hash = (ulong)inode,
            },
        };

    KnownRollout? ISettledRows.RowAt(string path) => _rows.GetValueOrDefault(path)?.Known;

    IReadOnlyList<string> ISettledRows.PlacesOf(KnownRollout row) =>
        fault == SettlingFault.LooksAtOneSide ? [] : PlacesOf(Path.GetFileName(row.Path));

    FileFinding ISettledRows.Find(string path)
    {
        Disturb();
        if (_hint is not null)
            return _hint.TryGetValue(path, out var stamp) ? FileFinding.There(stamp) : FileFinding.Gone;
        return _disk.TryGetValue(path, out var file) ? FileFinding.There(file.Stamp) : FileFinding.Gone;
    }

    RolloutScan? ISettledRows.Read(ScannedRollout file, KnownRollout? row) => Pass(file, row is null ? null : _rows[row.Value.Path]);

    // As the tables do: turns are added to those of the row at the path, unless the file was read from its start over it.
    void ISettledRows.Take(RolloutScan scan)
    {
        var existing = _rows.GetValueOrDefault(scan.Row.Path);
        var kept = scan.From is not null && scan.Before is null ? 0 : existing?.Length ?? 0;
        var added = scan.Row.Scan.Length - (scan.Before?.Scan.Length ?? 0);
        var inode = scan.Before is not null && existing is not null ? existing.Inode : (long)scan.Row.Scan.Hash;
        _rows[scan.Row.Path] = new SimulatedRow(existing?.Key ?? ++_lastKey, scan.Row.Path, scan.Row.Stamp, inode, kept + added);
    }

    void ISettledRows.Rename(KnownRollout row, string path)
    {
        Check(_rows.Remove(row.Path, out var whole) && !_rows.ContainsKey(path), $"two rows for {path}");
        _rows[path] = whole! with { Path = path };
    }

    void ISettledRows.Forget(KnownRollout row) => _rows.Remove(row.Path);

    void CheckEqual(string name)
    {
        foreach (var place in PlacesOf(name))
        {
            var (row, file) = (_rows.GetValueOrDefault(place), _disk.GetValueOrDefault(place));
            Check(
                row is null == file is null
                    && (row is null || row.Stamp == file!.Stamp && row.Inode == file.Stamp.Inode && row.Length == file.Stamp.Size),
                $"nobody touched {place} since the call began; it has {(row is null ? "no row" : $"{row}")} and {(file is null ? "no file" : $"{file}")}"
            );
        }
    }

    void Check(bool isRight, string otherwise)
    {
        if (!isRight)
            throw new InvalidOperationException($"seed {seed}: {otherwise}");
    }

    List<T> Shuffled<T>(IEnumerable<T> all)
    {
        T[] shuffled = [.. all];
        _random.Shuffle(shuffled);
        return [.. shuffled];
    }

    sealed record SimulatedFile(FileStamp Stamp);

    sealed record SimulatedRow(long Key, string Path, FileStamp Stamp, long Inode, long Length)
    {
        public KnownRollout Known => new(Key, Path, Stamp);
    }
}
