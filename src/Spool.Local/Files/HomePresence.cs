namespace Spool;

/// <summary>Notices that a home which was there is gone, as after its disk was unmounted: that is not a home without threads.</summary>
/// <param name="layout">The home.</param>
sealed class HomePresence(HomeLayout layout)
{
    readonly Lock _gate = new();
    readonly Dictionary<string, ulong> _devices = new(StringComparer.Ordinal); // on which disk each place was when it was last seen
    bool _hadRollouts;

    /// <summary>Compares the home with what earlier looks saw.</summary>
    /// <param name="isEmpty">Whether this look found nothing.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it is gone, or cannot be read.</exception>
    public void Check(bool isEmpty)
    {
        lock (_gate)
            Compare(isEmpty);
    }

    /// <summary>Notes the home when it is there and was not noted before. Costs nothing afterwards.</summary>
    public void Note()
    {
        lock (_gate)
        {
            if (_devices.Count == 0)
                NoteAll(Present());
        }
    }

    void Compare(bool isEmpty)
    {
        var kind = FileStat.KindOf(layout.Home);
        if (kind is not (PlaceKind.Folder or PlaceKind.Nothing) || kind == PlaceKind.Nothing && _devices.Count > 0)
            throw Gone();
        var now = Present();
        // What another disk shows, or the folder that it was mounted on, is not what was there. Whoever deletes the sessions does so on the same disk.
        if (isEmpty && _hadRollouts && now.Any(place => _devices.TryGetValue(place.Key, out var before) && before != place.Value))
            throw Gone();
        if (!isEmpty)
            _hadRollouts = true;
        NoteAll(now);
    }

    Dictionary<string, ulong> Present() => ((string[])[layout.Home, layout.Absolute(HomeLayout.Sessions), layout.Absolute(HomeLayout.Archived)])
        .Select(place => (Place: place, Folder: FileStat.FindFolder(place)))
        .Where(found => found.Folder is not null)
        .ToDictionary(found => found.Place, found => found.Folder!.Value.Identity.Device, StringComparer.Ordinal);

    void NoteAll(Dictionary<string, ulong> places)
    {
        foreach (var (place, device) in places)
            _devices[place] = device;
    }

    static ThreadStoreException Gone() =>
        new(ThreadStoreErrorCode.Unavailable, "The home is no longer there or cannot be read; check whether its disk is mounted, and its permissions.");
}
