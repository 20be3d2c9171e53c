namespace Spool;

/// <summary>Translates what the disk refuses into documented errors: the one place that knows the system's error numbers.</summary>
static class DiskErrors
{
    const int NotPermitted = 1;
    const int NoSuchFile = 2;
    const int NoSpace = 28;
    const int ReadOnlyFileSystem = 30;
    const int FileTooLarge = 27;
    const int QuotaExceeded = 122;
    const int DiskFullWindows = unchecked((int)0x80070070);

    /// <summary>Says whether an exception comes from the disk.</summary>
    public static bool IsFromDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>Translates an exception.</summary>
    public static ThreadStoreException Translate(Exception e) => e switch
    {
        ThreadStoreException known => known,
        UnauthorizedAccessException => CannotWrite(e),
        FileNotFoundException or DirectoryNotFoundException => Gone(e),
        _ => e.HResult switch
        {
            NoSpace or QuotaExceeded or DiskFullWindows => new(ThreadStoreErrorCode.ResourceExhausted, "There is no space left on the disk of the home; free some and try again.", e),
            FileTooLarge => new(ThreadStoreErrorCode.ResourceExhausted, "The rollout would be larger than the file system or the process may make it.", e),
            ReadOnlyFileSystem or NotPermitted => CannotWrite(e),
            NoSuchFile => Gone(e),
            _ => new(ThreadStoreErrorCode.Unavailable, "The disk of the home refused to read or write; check it and try again.", e),
        },
    };

    static ThreadStoreException CannotWrite(Exception e) =>
        new(ThreadStoreErrorCode.Unavailable, "The home cannot be written; check its permissions, and that its file system is not read-only.", e);

    static ThreadStoreException Gone(Exception e) =>
        new(ThreadStoreErrorCode.Unavailable, "A file or folder of the home was moved or deleted by another program; check the home and try again.", e);
}
