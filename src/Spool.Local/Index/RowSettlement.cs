namespace Spool;

/// <summary>The rows and the disk, as a transaction that holds the index's write lock sees them. The disk may change at any moment, the
/// rows do not.</summary>
interface ISettledRows
{
    /// <summary>Gives the row of a path.</summary>
    KnownRollout? RowAt(string path);

    /// <summary>Gives the paths to which a move may have taken the file of a row.</summary>
    IReadOnlyList<string> PlacesOf(KnownRollout row);

    /// <summary>Says what is at a path of the disk.</summary>
    FileFinding Find(string path);

    /// <summary>Reads the file of a path, going on from a row where that is possible.</summary>
    /// <returns>The scan, or null when there is no such file any more.</returns>
    RolloutScan? Read(ScannedRollout file, KnownRollout? row);

    /// <summary>Stores a scan.</summary>
    void Take(RolloutScan scan);

    /// <summary>Gives a row another path and nothing else.</summary>
    void Rename(KnownRollout row, string path);

    /// <summary>Removes a row.</summary>
    void Forget(KnownRollout row);
}

/// <summary>Makes rows agree with the disk.</summary>
/// <remarks>
/// What a look saw is only a hint. It is compared again inside the transaction: a scan is stored only when the row is still the one it
/// began from and the file still the one it read; a row goes only when its file is gone from its path and from everywhere a move can have
/// put it; and where something else is found the file is read on the spot. So after a path was settled its row says what the disk said at a
/// moment of the transaction, and no process ever takes back what another one stored. While the transaction is open no other process
/// completes a change, so a file moves once at most, or once more when a process was killed in the middle: every place is looked at twice.
/// </remarks>
sealed class RowSettlement(ISettledRows rows)
{
    const int Looks = 3;
    const int Attempts = 8;

    /// <summary>Settles a path.</summary>
    /// <param name="path">The path in the home.</param>
    /// <param name="scan">A scan over its file that was made beforehand, or null.</param>
    public void Settle(string path, RolloutScan? scan)
    {
        if (scan?.From is { } from && from.Path != path)
            scan = FollowMove(path, from, scan);
        for (var attempt = 0; attempt < Attempts && !TrySettle(path, scan); attempt++)
            scan = null;
    }

    /// <summary>Settles a file that a look saw, and of which there is no row where it was seen, because it was moved before there was
    /// one.</summary>
    /// <param name="places">The paths to which a move may have taken it.</param>
    /// <returns>Whether it was found at one of them, which has a row now.</returns>
    public bool SettleMoved(IReadOnlyList<string> places)
    {
        foreach (var place in Enumerable.Repeat(places, Looks).SelectMany(all => all))
        {
            if (rows.Find(place).Kind != FileFindingKind.There)
                continue;
            Settle(place, null);
            if (rows.RowAt(place) is not null)
                return true;
        }
        return false;
    }

    /// <summary>Settles rows that have one file name, packed or not: when a file that moved was met at its new path first, its row of
    /// before is still there.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool SettleNamesakes(IEnumerable<KnownRollout> sameThread)
    {
        var changed = false;
        foreach (
            var row in sameThread
                .GroupBy(row => RolloutFileName.PlainName(Path.GetFileName(row.Path)))
                .Where(group => group.Count() > 1)
                .SelectMany(group => group)
        )
        {
            if (rows.Find(row.Path).Kind != FileFindingKind.Gone)
                continue;
            Settle(row.Path, null);
            changed = true;
        }
        return changed;
    }

    // The row goes to the new path when no other process has been there and the file is no longer at the old one.
    RolloutScan? FollowMove(string path, KnownRollout from, RolloutScan scan)
    {
        if (
            rows.RowAt(path) is null
            && rows.RowAt(from.Path) == from
            && rows.Find(from.Path).Kind == FileFindingKind.Gone
            && rows.Find(path).Stamp?.Inode == scan.Inode
        )
        {
            rows.Rename(from, path);
            return scan;
        }
        Settle(from.Path, null);
        return null;
    }

    bool TrySettle(string path, RolloutScan? scan)
    {
        var row = rows.RowAt(path);
        var file = rows.Find(path);
        if (file.Kind == FileFindingKind.Unknown)
        {
            // What cannot be asked stays as it was. What the look saw is there nevertheless, and is looked at again every time.
            if (row is null && scan is { From: null })
                rows.Take(scan with { Row = scan.Row with { Stamp = FileStamp.None } });
            return true;
        }
        switch (RowSteps.Of(row?.Stamp, file.Stamp, scan))
        {
            case RowStep.Forget:
                return TryForget(row!.Value);
            case RowStep.Take:
                rows.Take(scan!);
                return true;
            case RowStep.Read:
                if (rows.Read(new ScannedRollout(path, file.Stamp!.Value), row) is not { } read)
                    return false;
                rows.Take(read);
                return true;
            default:
                return true;
        }
    }

    bool TryForget(KnownRollout row)
    {
        string[] places = [.. rows.PlacesOf(row).Where(place => place != row.Path), row.Path];
        for (var look = 0; look < Looks; look++)
        {
            foreach (var place in places)
            {
                var found = rows.Find(place);
                if (found.Kind == FileFindingKind.Unknown)
                    return true;
                if (found.Stamp is { } stamp)
                    return place != row.Path && TryFollow(row, place, stamp);
            }
        }
        rows.Forget(row);
        return true;
    }

    bool TryFollow(KnownRollout row, string place, FileStamp there)
    {
        if (rows.RowAt(place) is null && there.Inode == row.Stamp.Inode)
        {
            rows.Rename(row, place);
            return TrySettle(place, null);
        }
        // The row goes last: when the file moves on before it could be read where it was seen, there has to be a row from which it is
        // looked for again.
        if (!TrySettle(place, null) || rows.RowAt(place) is null)
            return false;
        rows.Forget(row);
        return true;
    }
}
