namespace Spool;

/// <summary>Reads a rollout, or what was added to it since the last scan, and notes what the index keeps of it.</summary>
/// <remarks>
/// Only the payloads that carry facts are parsed. A rollout that grew, or was renamed, is continued when what was read is still there, as
/// far as <see cref="HashedLog"/> compares it; every other one that changed is read from the start: one that was truncated or replaced, and
/// one of the same length, because some tools write over a part of a log and put its time back. A last line without a line end counts when
/// it is a whole item: Codex itself leaves one behind when it is killed at that moment.
/// </remarks>
/// <param name="layout">The home.</param>
/// <param name="maxLineBytes">Of a longer line only the beginning is read.</param>
/// <param name="opening">Is called with the path of each rollout that is about to be opened, or null.</param>
sealed class RolloutIndexer(HomeLayout layout, int maxLineBytes, Action<string>? opening = null)
{
    const int Attempts = 16;

    /// <summary>Reads a rollout.</summary>
    /// <param name="file">The rollout.</param>
    /// <param name="known">Its row, when it has one.</param>
    /// <param name="lookup">Finds the turns that earlier scans noted.</param>
    /// <param name="cancellationToken">Cancels the scan.</param>
    /// <param name="longLines">What all scans that run at the same time share, or null for one that runs alone.</param>
    /// <returns>What the scan found, or null when the rollout was moved or deleted.</returns>
    public RolloutScan? Index(
        ScannedRollout file,
        RolloutRow? known,
        ITurnLookup lookup,
        CancellationToken cancellationToken,
        LongLines? longLines = null
    )
    {
        if (file.Trouble is { } trouble)
            return Unreadable(file, known, trouble, file.Stamp);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Read(file, known, lookup, longLines, cancellationToken);
            }
            catch (Exception e) when (DiskErrors.IsGone(e) && FileStat.TryGet(layout.Absolute(file.Path)) is null)
            {
                return null;
            }
            catch (Exception e) when (DiskErrors.IsGone(e) && attempt < Attempts)
            {
                // Another program put it away and back, or another in its place: it can be read as any other.
            }
            catch (Exception e) when (RegularFile.IsNone(e))
            {
                return Unreadable(file, known, RegularFile.Reason, FileStamp.None);
            }
            catch (Exception e) when (DiskErrors.IsOfFile(e))
            {
                // The stamp of nothing: the file is tried again at every look, because its permissions may change without a trace in its
                // stamp.
                return Unreadable(file, known, "The rollout cannot be opened; check its permissions and its disk.", FileStamp.None);
            }
        }
    }

    RolloutScan Read(ScannedRollout file, RolloutRow? known, ITurnLookup lookup, LongLines? longLines, CancellationToken cancellationToken)
    {
        opening?.Invoke(file.Path);
        using var opened = RolloutSource.Open(layout.Absolute(file.Path));
        // Another file may have taken its place since it was looked at: what is read is said of the one that is open.
        file = file with
        {
            Stamp = opened.Stamp ?? file.Stamp,
        };
        var source = RolloutFileName.IsLog(file.Name) ? new HashedLog(opened) : opened;
        using var room = longLines?.Begin(cancellationToken);
        var before = known is not null && CanContinue(source, file, known) ? known : null;
        var scan = Read(source, file, before, null, lookup, room, cancellationToken);
        return scan with { Row = scan.Row with { Continuation = Continuation.Of(scan.Row, known) }, From = From(known) };
    }

    static RolloutScan Unreadable(ScannedRollout file, RolloutRow? known, string reason, FileStamp stamp)
    {
        var row = NewRow(file, Nothing()) with { Stamp = stamp, State = ThreadCondition.Unreadable, StateReason = reason };
        return new RolloutScan(row with { Continuation = Continuation.Of(row, known) }, null, null)
        {
            From = From(known),
            Inode = file.Stamp.Inode,
        };
    }

    static KnownRollout? From(RolloutRow? row) => row is null ? null : new KnownRollout(row.Key, row.Path, row.Stamp);

    static bool CanContinue(RolloutSource source, ScannedRollout file, RolloutRow known)
    {
        var scan = known.Scan;
        var isLonger = file.Stamp.Inode == known.Stamp.Inode && file.Stamp.Size != known.Stamp.Size;
        var isRenamed = file.Path != known.Path && file.Stamp.IsRenamed(known.Stamp);
        return (isLonger || isRenamed)
            && source is HashedLog log
            && scan.Length > 0
            && file.Stamp.Size >= scan.Length
            && log.HashTo(scan.Length) == scan.Hash
            && EndsLine(source, scan.Length);
    }

    // The last scan may have ended in a line that had no line end yet. When anything follows, be it the line end alone, that line is read
    // again, or it would count twice.
    static bool EndsLine(RolloutSource source, long offset)
    {
        Span<byte> around = stackalloc byte[2];
        var read = source.Read(around, offset - 1);
        return read == 1 || (read == 2 && around[0] == '\n');
    }

    RolloutScan Read(
        RolloutSource source,
        ScannedRollout file,
        RolloutRow? before,
        string? historyMode,
        ITurnLookup lookup,
        LongLines.Room? room,
        CancellationToken cancellationToken
    )
    {
        var start = before?.Scan ?? Nothing();
        var observer = new MetadataObserver(start.Facts);
        var counts = new LineCounts(start);
        var tracker = new DeferredTurnTracker(
            before,
            historyMode,
            lookup,
            source is HashedLog ? new LinesOfSource(source, maxLineBytes, room, cancellationToken) : null
        );
        var reader = new LogReader(source, start.Length, long.MaxValue, maxLineBytes, LineMemory.Reused, room);
        string? torn = null;
        var awaited = -1L;
        while (reader.TryRead(out var line))
        {
            if ((counts.Items & 0xff) == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (line.IsBlank)
            {
                counts.TakeBlank(line);
                continue;
            }
            var item = new RolloutItem(line.Bytes, counts.NextOrdinal, line.Length);
            if (!line.IsTerminated && !LastLine.Counts(line, source.Read))
            {
                // A write that is under way is seen page by page. What is still incomplete when none is under way is what a crash left.
                if (line.Start > awaited)
                {
                    awaited = line.Start;
                    source.AwaitWrite();
                    reader = new LogReader(source, line.Start, long.MaxValue, maxLineBytes, LineMemory.Reused, room);
                    continue;
                }
                torn = "The last line is incomplete, as after a crash; everything before it is whole.";
                break;
            }
            if (observer.Facts.Id is not null || MayClaim(item, line.Start, file))
                observer.Observe(item);
            counts.Take(line, item, observer.Facts.HistoryMode);
            if (!tracker.TryObserve(item, line.Start, line.End, observer.Facts.HistoryMode))
                return Read(source, file, null, observer.Facts.HistoryMode, lookup, room, cancellationToken);
        }
        if (source.EndsEarly)
            torn ??= "The document ends too early, as after a crash; everything before that is whole.";
        var scan = counts.ToScanState(observer.Facts, (source as HashedLog)?.HashTo(counts.Length) ?? 0, start.InheritedPreview);
        var (turns, tracked) = tracker.Finish();
        var row = NewRow(file, scan) with { Tracker = tracked };
        var (state, reason) = Condition(row, source.Problem, torn, file);
        return new RolloutScan(row with { State = state, StateReason = reason }, before, turns) { Inode = file.Stamp.Inode };
    }

    // Only the first record of a log says that the rollout is another thread than its name says. When that one is damaged, the next
    // session_meta is that of the source of which a fork has a copy, and the name says who it is.
    static bool MayClaim(RolloutItem item, long start, ScannedRollout file)
    {
        var meta =
            item.Kind != RolloutItemKind.Unreadable
                ? new RecoveredRecord(item, 0)
                : item.Recovered.FirstOrDefault(record => record.Item.Kind == RolloutItemKind.SessionMeta);
        return meta.Item is not { Kind: RolloutItemKind.SessionMeta }
            || start + meta.Offset == 0
            || !RolloutFileName.TryParse(file.Name, out var name)
            || LogCopies.ThreadOf(meta.Item) is not { } threadId
            || threadId == name.ThreadId;
    }

    static ScanState Nothing() => new() { Facts = new ThreadFacts(), Totals = new LogTotals() };

    static RolloutRow NewRow(ScannedRollout file, ScanState scan)
    {
        var hasName =
            RolloutFileName.TryParse(file.Name, out var name) && !ThreadIds.IsOfPath(name.ThreadId) && !ThreadIds.IsOfPath(name.Rollout);
        var claimed = IdOf(scan) ?? (hasName ? name.ThreadId : CacheKey.IdOf(file.Path));
        return new RolloutRow
        {
            Path = file.Path,
            Stamp = file.Stamp,
            ClaimedThread = claimed,
            Rollout = hasName ? name.Rollout : claimed,
            Scan = scan,
        };
    }

    static ThreadId? IdOf(ScanState scan) => scan.Facts.Id is { } said && !ThreadIds.IsOfPath(said) ? said : null;

    static (ThreadCondition State, string? Reason) Condition(RolloutRow row, string? problem, string? torn, ScannedRollout file)
    {
        var scan = row.Scan;
        var totals = scan.Totals;
        if (totals.Lines == totals.LostLines)
        {
            return (
                ThreadCondition.Unreadable,
                file.Stamp.Size == 0
                    ? "The rollout is empty."
                    : problem
                        ?? (
                            totals.IsUtf16 ? totals.Damage()
                            : totals.Lines == 0 && torn is not null ? NothingButTorn(file)
                            : "No line of the rollout could be read."
                        )
            );
        }
        if (scan.Facts.HistoryMode is { } mode && mode is not (HistoryModes.Legacy or HistoryModes.Paginated))
            return (
                ThreadCondition.UnknownFormat,
                "The history mode is one that this version does not know; items can be read, turns cannot."
            );
        if (IdOf(scan) is null)
            return (
                ThreadCondition.Damaged,
                $"No session_meta line says which thread this is; the id {(ThreadIds.IsOfPath(row.ClaimedThread) ? "is made of the file's path" : "comes from the file name")}."
            );
        if (problem is not null)
            return (ThreadCondition.Damaged, problem);
        if (totals.Damage() is { } damage)
            return (ThreadCondition.Damaged, damage);
        if (totals.FirstRecordAt < DateTimeOffset.UnixEpoch || scan.Facts.CreatedAt < DateTimeOffset.UnixEpoch)
            return (ThreadCondition.Damaged, "Its times are before 1970, so its place in a list by time is wrong.");
        return torn is null ? (ThreadCondition.Ok, null) : (ThreadCondition.Torn, torn);
    }

    static string NothingButTorn(ScannedRollout file) =>
        RolloutFileName.IsDocument(file.Name)
            ? "No record of the document could be read: it ends too early, as after a crash."
            : "No line of the rollout could be read: it ends within its first line, as after a crash.";
}
