using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Translates what the disk refuses into documented errors: the one place that knows the system's error numbers.</summary>
static class DiskErrors
{
    const int SpaceNeeded = 64 * 1024; // a journal's first pages
    const string Place = "Spool.Place";
    const string Obstacle = "Spool.Obstacle";
    const int NotPermitted = 1;
    const int NoSuchFile = 2;
    const int OtherFileSystem = 18;
    const int TooManyOpenInSystem = 23;
    const int TooManyOpen = 24;
    const int NoSpace = 28;
    const int ReadOnlyFileSystem = 30;
    const int FileTooLarge = 27;
    const int QuotaExceeded = 122;
    const int SqliteInputOutput = 10;
    const int SqliteFull = 13;
    const int SqliteCannotOpen = 14;
    const int DiskFullWindows = unchecked((int)0x80070070);

    /// <summary>Says whether an exception comes from the disk.</summary>
    public static bool IsFromDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>Says whether an exception comes from the disk and says something of it. That a process may open no more files, or not a
    /// part of its own program, says nothing of any file.</summary>
    public static bool IsOfFile(Exception e) => IsFromDisk(e) && !IsOutOfFiles(e);

    /// <summary>Says whether a file or a folder that an exception is about is not there.</summary>
    public static bool IsGone(Exception e) => e is FileNotFoundException or DirectoryNotFoundException && !IsOfProgram(e);

    /// <summary>Says whether the process, or the system, may open no more files.</summary>
    public static bool IsOutOfFiles(Exception e) =>
        e is IOException { HResult: TooManyOpen or TooManyOpenInSystem }
        || IsOfProgram(e)
        || e is SqliteException { SqliteErrorCode: SqliteCannotOpen or SqliteInputOutput } && CannotOpenAnything();

    /// <summary>Says whether an exception says that a disk is full, or that the user may store no more on it.</summary>
    public static bool IsFull(Exception e) =>
        e is IOException { HResult: NoSpace or QuotaExceeded or DiskFullWindows } or SqliteException { SqliteErrorCode: SqliteFull };

    /// <summary>Says whether an exception says that a file may not become so large. The framework has an odd one for that.</summary>
    public static bool IsTooLarge(Exception e) =>
        e is IOException { HResult: FileTooLarge } or ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>Says whether SQLite was refused a file: not allowed, read-only, an input or output error, or it cannot be opened.</summary>
    public static bool IsRefused(Exception e) =>
        e is SqliteException { SqliteErrorCode: 3 or 8 or SqliteInputOutput or SqliteCannotOpen or 23 };

    /// <summary>Says whether the disk of a folder has no space, or no file, left for the user: only an attempt takes quotas and reserves
    /// into account.</summary>
    public static bool IsFull(string folder)
    {
        try
        {
            using var file = new FileStream(
                Path.Combine(folder, Path.GetRandomFileName()),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    BufferSize = 0,
                    Options = FileOptions.DeleteOnClose,
                }
            );
            file.Write(new byte[SpaceNeeded]);
            file.Flush(flushToDisk: true);
            return false;
        }
        catch (Exception e) when (IsFromDisk(e) || IsTooLarge(e))
        {
            return IsFull(e);
        }
    }

    /// <summary>Makes the error of a process that may open no more files. Its cause is an <see cref="OutOfFilesException"/>, whatever was
    /// met.</summary>
    public static ThreadStoreException OutOfFiles(Exception e) =>
        new(
            ThreadStoreErrorCode.ResourceExhausted,
            IsOfProgram(e)
                ? "A part of the program cannot be loaded: the process may open no more files (raise the limit, ulimit -n, to 256 or more), or the program is not installed as a whole."
                : "The process may open no more files; raise the limit (ulimit -n) to 256 or more and try again.",
            e as OutOfFilesException ?? new OutOfFilesException(e.Message, e)
        );

    /// <summary>Notes in an exception of the disk which file or folder it is about, and what is in its way there. The first note,
    /// closest to the disk, counts.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="layout">The home; what is in it is named by its path there.</param>
    /// <param name="path">The absolute path.</param>
    /// <param name="isFolder">Whether a folder belongs there.</param>
    public static void NotePlace(Exception e, HomeLayout layout, string path, bool isFolder = false)
    {
        if (!IsFromDisk(e) || e.Data.Contains(Place))
            return;
        e.Data[Place] = layout.NameOf(path);
        if (!isFolder && (RegularFile.IsNone(e) || FileStat.KindOf(path) is PlaceKind.Folder or PlaceKind.Special))
            e.Data[Obstacle] =
                $"There is a {(FileStat.KindOf(path) == PlaceKind.Folder ? "folder" : "pipe, a socket, a device or a file of the system's kernel")} at {layout.NameOf(path)}, where a file belongs; move it away and try again.";
        for (var folder = isFolder ? path : Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (FileStat.KindOf(folder) is PlaceKind.File or PlaceKind.Special or PlaceKind.DanglingLink)
                e.Data[Obstacle] = $"{layout.NameOf(folder)} is no folder and has to be one; move it away and try again.";
        }
        if (IsGone(e) && HomePresence.IsMissing(layout))
            e.Data[Obstacle] = HomePresence.NoLongerThere;
    }

    /// <summary>Translates an exception. The error names the file or folder, where it was noted.</summary>
    public static ThreadStoreException Translate(Exception e) =>
        e switch
        {
            ThreadStoreException known => known,
            _ when IsOutOfFiles(e) => OutOfFiles(e),
            _ when e.Data[Obstacle] is string obstacle => new(ThreadStoreErrorCode.Unavailable, obstacle, e),
            UnauthorizedAccessException => CannotWrite(e),
            FileNotFoundException or DirectoryNotFoundException => Gone(e),
            _ when IsFull(e) => new(
                ThreadStoreErrorCode.ResourceExhausted,
                $"There is no space left on the disk of the home{For(e)}; free some and try again.",
                e
            ),
            _ => e.HResult switch
            {
                FileTooLarge => new(
                    ThreadStoreErrorCode.ResourceExhausted,
                    $"{PlaceOf(e) ?? "The rollout"} would be larger than the file system or the process may make it.",
                    e
                ),
                ReadOnlyFileSystem or NotPermitted => CannotWrite(e),
                NoSuchFile => Gone(e),
                OtherFileSystem => new(
                    ThreadStoreErrorCode.Unsupported,
                    $"{PlaceOf(e) ?? "The new place of the file"} is on another file system than the file that has to go there, through a link or a mount, and between the two no file moves as a whole; put both folders on one file system.",
                    e
                ),
                _ => new(
                    ThreadStoreErrorCode.Unavailable,
                    $"The disk of the home refused to read or write{(PlaceOf(e) is { } place ? " " + place : "")}; check it and try again.",
                    e
                ),
            },
        };

    // The runtime loads assemblies when they are needed first, and has the same error for one that it cannot open as for a file that is not
    // there. It names an assembly and no path then.
    static bool IsOfProgram(Exception e) =>
        e is FileLoadException or DllNotFoundException
        || e is FileNotFoundException { FileName: { } name } && !Path.IsPathFullyQualified(name)
        || e is TypeInitializationException or TargetInvocationException && e.InnerException is { } inner && IsOfProgram(inner);

    // SQLite does not say which error of the system it met.
    static bool CannotOpenAnything()
    {
        try
        {
            File.OpenHandle(OperatingSystem.IsWindows() ? "NUL" : "/dev/null").Dispose();
            return false;
        }
        catch (IOException e)
        {
            return e.HResult is TooManyOpen or TooManyOpenInSystem;
        }
    }

    static string? PlaceOf(Exception e) => e.Data[Place] as string;

    static string For(Exception e) => PlaceOf(e) is { } place ? $" for {place}" : "";

    static ThreadStoreException CannotWrite(Exception e) =>
        new(
            ThreadStoreErrorCode.Unavailable,
            $"{PlaceOf(e) ?? "The home"} cannot be written; check its permissions and those of its folder, and that its file system is not read-only.",
            e
        );

    static ThreadStoreException Gone(Exception e) =>
        new(
            ThreadStoreErrorCode.Unavailable,
            $"{PlaceOf(e) ?? "A file or folder of the home"} was moved or deleted by another program; check the home and try again.",
            new RolloutMovedException(e)
        );
}
