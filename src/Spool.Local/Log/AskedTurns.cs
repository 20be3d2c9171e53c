namespace Spool;

/// <summary>What is asked about other turns while turns are built. The index answers it between two attempts, so that no file is read while
/// the index is, and no call that stores waits for a disk.</summary>
/// <remarks>It is asked rarely: only where an item names a turn that is not the one around it.</remarks>
sealed class AskedTurns
{
    readonly Dictionary<(string Path, string Turn, long Before), TurnBoundary?> _answers = [];
    readonly List<(LogSegment Segment, string Turn, long Before)> _open = [];
    readonly Dictionary<string, KnownFile> _files = new(StringComparer.Ordinal);

    /// <summary>Gets how many questions are not answered.</summary>
    public int Open => _open.Count;

    /// <summary>Gives the turns of a rollout. A question that is not answered yet is noted, and the answer is that there is none.</summary>
    public ITurnLookup Of(LogSegment segment) => new Lookup(this, segment);

    /// <summary>Answers what was noted. Runs inside a read.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="lineage">The history as the index knows it in this read: the keys of rows are those of the read alone.</param>
    /// <returns>The files that the answers are said of, by their paths: the caller that builds the turns has to read those.</returns>
    /// <exception cref="ThreadStoreException">A rollout is no longer part of it (<see cref="ServedRolloutSource.HasMoved"/>).</exception>
    public IReadOnlyDictionary<string, KnownFile> Answer(IndexConnection connection, Lineage? lineage)
    {
        var turns = new TurnTable(connection);
        foreach (var (segment, turn, before) in _open)
        {
            if (lineage?.Segments.Where(part => part.Path == segment.Path).ToList() is not [var now])
                throw ServedRolloutSource.Moved();
            _answers[(segment.Path, turn, before)] = turns.Find(now.Key, turn, before);
            _files[segment.Path] = now.File;
        }
        _open.Clear();
        return _files;
    }

    sealed class Lookup(AskedTurns asked, LogSegment segment) : ITurnLookup
    {
        public TurnBoundary? Find(string turnId, long before)
        {
            if (asked._answers.TryGetValue((segment.Path, turnId, before), out var answer))
                return answer;
            asked._open.Add((segment, turnId, before));
            return null;
        }

        public IReadOnlyList<TurnBoundary> FindNewest(int count, long before) =>
            throw new InvalidOperationException("A turn is asked for by its id to be built.");
    }
}
