namespace Spool;

/// <summary>What differs between the folders and the index.</summary>
sealed class PendingRollouts
{
    readonly ScannedRollout[] _files;
    readonly KnownRollout?[] _known;
    readonly bool[] _done;
    readonly Dictionary<string, ScannedRollout> _odd = new(StringComparer.Ordinal);
    int _taken = -1;
    readonly int _firstCount;
    int _firstLeft;

    PendingRollouts(ScannedRollout[] files, KnownRollout?[] known, int firstCount, IReadOnlyList<KnownRollout> gone)
    {
        _files = files;
        _firstCount = firstCount;
        _known = known;
        _done = new bool[files.Length];
        Gone = gone;
        Left = files.Length;
        foreach (var file in files)
        {
            if (file.Trouble is not null)
                _odd[file.Path] = file;
        }
    }

    /// <summary>Gives what was seen at a path and cannot be read at all, or null.</summary>
    public ScannedRollout? OddAt(string path) => _odd.TryGetValue(path, out var odd) ? odd : null;

    /// <summary>Gets the rollouts whose files were not seen.</summary>
    public IReadOnlyList<KnownRollout> Gone { get; }

    /// <summary>Gets how many files had to be read when it was made.</summary>
    public int Count => _files.Length;

    /// <summary>Gets how many still have to be read.</summary>
    public int Left { get; private set; }

    /// <summary>Gets the latest time at which a thread that is still to be read can have been created.</summary>
    public long LatestCreationLeftMs
    {
        get
        {
            while (_firstLeft < _files.Length && _done[_firstLeft])
                _firstLeft++;
            return _firstLeft < _files.Length ? _files[_firstLeft].LatestCreationMs : long.MinValue;
        }
    }

    /// <summary>Gets whether a rollout whose name carries the id that was asked for is still to be read.</summary>
    public bool IsFirstLeft => Enumerable.Range(0, _firstCount).Any(index => !_done[index]);

    /// <summary>Compares a scan with what is known.</summary>
    /// <param name="scan">The folders.</param>
    /// <param name="known">The index.</param>
    /// <param name="first">An id: rollouts with it in their name come first, the others newest first.</param>
    public static PendingRollouts Compare(HomeScan scan, Dictionary<string, KnownRollout> known, ThreadId? first)
    {
        var changed = new List<(ScannedRollout File, KnownRollout? Known)>();
        var added = new List<ScannedRollout>();
        foreach (var file in scan.Rollouts)
        {
            if (!known.TryGetValue(file.Path, out var before))
                added.Add(file);
            else if (before.Stamp != file.Stamp)
                changed.Add((file, before));
        }
        var gone = scan.Rollouts.Count - added.Count == known.Count ? [] : GoneFrom(scan, known);
        var byFile = new Dictionary<(FileStamp, string), KnownRollout>();
        foreach (var (path, rollout) in gone)
        {
            if (rollout.Stamp.Inode > 0)
                byFile[(rollout.Stamp with { ChangedNs = 0 }, Path.GetFileName(path))] = rollout;
        }
        foreach (var file in added)
        {
            if (byFile.Remove((file.Stamp with { ChangedNs = 0 }, file.Name.ToString()), out var moved))
            {
                gone.Remove(moved.Path);
                changed.Add((file, moved));
            }
            else
                changed.Add((file, null));
        }
        var text = first?.ToString();
        var ordered = changed
            .Select(entry =>
                (
                    entry.File,
                    entry.Known,
                    IsFirst: text is not null && entry.File.Path.Contains(text, StringComparison.OrdinalIgnoreCase),
                    Created: entry.File.LatestCreationMs
                )
            )
            .OrderByDescending(entry => entry.IsFirst)
            .ThenByDescending(entry => entry.Created)
            .ToList();
        return new PendingRollouts(
            [.. ordered.Select(entry => entry.File)],
            [.. ordered.Select(entry => entry.Known)],
            ordered.Count(entry => entry.IsFirst),
            [.. gone.Values]
        );
    }

    static Dictionary<string, KnownRollout> GoneFrom(HomeScan scan, Dictionary<string, KnownRollout> known)
    {
        var gone = new Dictionary<string, KnownRollout>(known, StringComparer.Ordinal);
        foreach (var file in scan.Rollouts)
            gone.Remove(file.Path);
        foreach (
            var path in gone
                .Keys.Where(path => scan.Problems.Any(problem => path.StartsWith(problem.Place + "/", StringComparison.Ordinal)))
                .ToList()
        )
            gone.Remove(path); // nothing is known of what is below a folder that cannot be read
        return gone;
    }

    /// <summary>Takes the next file to read. May be called from several threads.</summary>
    public int? Take()
    {
        var index = Interlocked.Increment(ref _taken);
        return index < _files.Length ? index : null;
    }

    /// <summary>Gives a file.</summary>
    public ScannedRollout this[int index] => _files[index];

    /// <summary>Gives the row of an earlier state of a file, at the same path or where it was moved from.</summary>
    public KnownRollout? KnownOf(int index) => _known[index];

    /// <summary>Notes that a file has been read and stored.</summary>
    public void Done(int index)
    {
        if (_done[index])
            return;
        _done[index] = true;
        Left--;
    }

    /// <summary>Finds a file that is still to be read by the rollout id in its name.</summary>
    public int? FindRollout(ThreadId rollout)
    {
        var text = rollout.ToString();
        for (var i = _firstLeft; i < _files.Length; i++)
        {
            if (
                !_done[i]
                && _files[i].Path.Contains(text, StringComparison.OrdinalIgnoreCase)
                && RolloutFileName.TryParse(_files[i].Name, out var name)
                && name.Rollout == rollout
            )
                return i;
        }
        return null;
    }
}
