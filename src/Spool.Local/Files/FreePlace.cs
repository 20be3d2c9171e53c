namespace Spool;

/// <summary>Says whether a rollout can go to a place: a folder, a pipe and a link to nowhere are in the way there like a file, and
/// stay.</summary>
static class FreePlace
{
    /// <summary>Says whether something is at an absolute path. Where the system does not say, nothing is.</summary>
    public static bool IsTaken(IFileSystem files, string absolute) =>
        files.Stamp(absolute) is not null || FileStat.KindOf(absolute) is not (PlaceKind.Nothing or PlaceKind.Unknown);

    /// <summary>Makes the error of a place that is taken.</summary>
    /// <param name="layout">The home.</param>
    /// <param name="absolute">The place.</param>
    /// <param name="isSpare">Whether another rollout of the same thread is there.</param>
    public static ThreadStoreException Taken(HomeLayout layout, string absolute, bool isSpare = false) =>
        new(
            ThreadStoreErrorCode.AlreadyExists,
            $"The thread has to go to {layout.NameOf(absolute)}, where {(isSpare ? "another rollout of this thread is already; compare the two, and" : "something else is already;")} delete, move or rename that first."
        );

    /// <summary>Makes the error of something that is where the plain rollout of a thread has to be while only its compressed one is
    /// there.</summary>
    /// <param name="layout">The home.</param>
    /// <param name="absolute">The place.</param>
    public static ThreadStoreException Blocked(HomeLayout layout, string absolute) =>
        new(
            ThreadStoreErrorCode.Unavailable,
            $"There is something at {layout.NameOf(absolute)}, where the thread's own file has to be; delete, move or rename that first."
        );
}
