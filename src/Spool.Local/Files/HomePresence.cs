using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Spool;

/// <summary>Notices that a home which was there is gone, as after it was moved or its disk was unmounted: that is not a home without
/// threads, and none is made in its place.</summary>
/// <remarks>A home that never was there is made with the first thread, once. One that comes back is used as before.</remarks>
/// <param name="layout">The home.</param>
/// <param name="log">Gets a line when the home is gone, and one when it is back; or null.</param>
sealed class HomePresence(HomeLayout layout, ILogger? log = null)
{
    static readonly string[] Roots = [HomeLayout.Sessions, HomeLayout.Archived];

    /// <summary>What is said of a home that was there and is not.</summary>
    public const string NoLongerThere =
        "The home is no longer there, or cannot be read: it was moved or deleted, its disk is not mounted, or its permissions were changed. Put it back and try again.";

    readonly Lock _gate = new();
    readonly Dictionary<string, ulong> _devices = new(StringComparer.Ordinal); // on which disk each place was when it was last seen
    readonly ILogger _log = log ?? NullLogger.Instance;
    int _isSaidGone;
    bool _hadRollouts;
    bool _isNoted = FileStat.FindFolder(layout.Home) is not null; // whether the home was there, if only when the store was opened

    /// <summary>Compares the home with what earlier looks saw.</summary>
    /// <param name="isEmpty">Whether this look found nothing.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it is gone, or cannot be read.</exception>
    public void Check(bool isEmpty)
    {
        try
        {
            lock (_gate)
                Compare(isEmpty);
        }
        catch (ThreadStoreException e)
        {
            SayGone(e.Message);
            throw;
        }
        SayBack();
    }

    /// <summary>Gets whether the home was noted and is no longer there. Costs a system call.</summary>
    public bool IsGone => Volatile.Read(ref _isNoted) && IsMissing(layout);

    /// <summary>Refuses a home that is gone.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it is gone.</exception>
    public void Require()
    {
        if (!IsGone)
            return;
        var gone = Gone();
        SayGone(gone.Message);
        throw gone;
    }

    // Once, until it is back.
    void SayGone(string reason)
    {
        if (Interlocked.Exchange(ref _isSaidGone, 1) == 0)
            LocalLog.HomeGone(_log, reason);
    }

    void SayBack()
    {
        if (Volatile.Read(ref _isSaidGone) != 0 && Interlocked.Exchange(ref _isSaidGone, 0) != 0)
            LocalLog.HomeBack(_log);
    }

    /// <summary>Makes a home that never was there, and notes it.</summary>
    /// <param name="files">Makes it.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it was there, and is gone.</exception>
    public void MakeHome(PrivateFiles files)
    {
        lock (_gate)
        {
            if (_devices.Count > 0)
                return;
            Require();
            files.CreateFolder(layout.Home);
            NoteAll(Present());
        }
    }

    /// <summary>Makes a folder that may lie in the home. A home that was there and is gone is not made again with it, whenever it
    /// went.</summary>
    /// <param name="files">Makes it.</param>
    /// <param name="path">The folder.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it lies in a home that is gone.</exception>
    public bool MakeFolder(PrivateFiles files, string path)
    {
        try
        {
            return files.CreateFolder(path, within: Volatile.Read(ref _isNoted) ? layout.Home : null);
        }
        catch (DirectoryNotFoundException) when (IsGone)
        {
            throw Gone();
        }
    }

    /// <summary>Notes the home when it is there and was not noted before. Costs nothing afterwards.</summary>
    /// <param name="threadsKnown">Counts the threads that the index knows. It is asked only when neither folder of rollouts is there, as in
    /// a folder whose disk is not mounted.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: what another process saw there is
    /// gone.</exception>
    public void Note(Func<long> threadsKnown)
    {
        try
        {
            lock (_gate)
                NoteOnce(threadsKnown);
        }
        catch (ThreadStoreException e)
        {
            SayGone(e.Message);
            throw;
        }
    }

    void NoteOnce(Func<long> threadsKnown)
    {
        if (_devices.Count > 0)
            return;
        if (
            Array.TrueForAll(Roots, root => FileStat.KindOf(layout.Absolute(root)) == PlaceKind.Nothing)
            && threadsKnown() is > 0 and var known
        )
            throw Gone(known);
        NoteAll(Present());
    }

    void Compare(bool isEmpty)
    {
        if (FileStat.KindOf(layout.Home) is not (PlaceKind.Folder or PlaceKind.Nothing))
            throw Gone();
        Require();
        var now = Present();
        // What another disk shows, or the folder that it was mounted on, is not what was there. A program that deletes the sessions does so
        // on the same disk.
        if (isEmpty && _hadRollouts && now.Any(place => _devices.TryGetValue(place.Key, out var before) && before != place.Value))
            throw Gone();
        if (!isEmpty)
            _hadRollouts = true;
        NoteAll(now);
    }

    Dictionary<string, ulong> Present() =>
        ((string[])[layout.Home, .. Roots.Select(layout.Absolute)])
            .Select(place => (Place: place, Folder: FileStat.FindFolder(place)))
            .Where(found => found.Folder is not null)
            .ToDictionary(found => found.Place, found => found.Folder!.Value.Identity.Device, StringComparer.Ordinal);

    void NoteAll(Dictionary<string, ulong> places)
    {
        foreach (var (place, device) in places)
            _devices[place] = device;
        if (places.Count > 0)
            Volatile.Write(ref _isNoted, true);
    }

    static ThreadStoreException Gone(long known) =>
        new(
            ThreadStoreErrorCode.Unavailable,
            $"There are no sessions in the home, although {(known == 1 ? "1 thread of it is" : $"{known} threads of it are")} known; check whether its disk is mounted. If they are gone for good, 'spool index rebuild' forgets them."
        );

    /// <summary>Says whether there is no folder in the place of a home.</summary>
    public static bool IsMissing(HomeLayout layout) => FileStat.KindOf(layout.Home) != PlaceKind.Folder;

    /// <summary>Makes the error of a home that was there and is not.</summary>
    public static ThreadStoreException Gone() => new(ThreadStoreErrorCode.Unavailable, NoLongerThere);
}
