using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>Makes files and folders that only their owner may read, whatever the mask of the process allows.</summary>
/// <remarks>
/// What root makes in the folder of another user is given to that user, so that their own programs can go on with it. Where the system
/// refuses that, it stays root's. Only what was just made, under a name that was free, is given away: a link that is put there
/// changes nothing of another file.
/// </remarks>
/// <param name="anchor">The folder whose owner gets what is made below it (when it is missing, the owner of the nearest one above it); null
/// leaves everything with the user that makes it.</param>
sealed class PrivateFiles(string? anchor)
{
    const int Attempts = 5;

    const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>Creates a file on Linux. Fails when the name is taken.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="flags">How it is opened, besides being created.</param>
    public SafeFileHandle Create(string path, int flags)
    {
        var file = LinuxCalls.Open(path, flags | LinuxCalls.Create | LinuxCalls.Exclusive);
        if (Owner() is { } owner)
            LinuxCalls.TryChangeOwner(file, owner.User, owner.Group);
        return file;
    }

    /// <summary>Opens a file on Linux, and creates it first when it is missing.</summary>
    public SafeFileHandle OpenOrCreate(string path, int flags)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return LinuxCalls.Open(path, flags);
            }
            catch (FileNotFoundException)
            {
                // Most often it is there: it is made once and found from then on.
            }
            try
            {
                return Create(path, flags);
            }
            catch (IOException e) when (e.HResult == LinuxCalls.AlreadyExists && attempt < Attempts)
            {
                // Another program was faster; or it is a link that leads nowhere.
            }
        }
    }

    /// <summary>Creates an empty file when there is none.</summary>
    public void CreateIfMissing(string path)
    {
        if (OperatingSystem.IsLinux())
            OpenOrCreate(path, LinuxCalls.ReadWrite).Dispose();
        else if (!System.IO.File.Exists(path))
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = File;
            new FileStream(path, options).Dispose();
        }
    }

    /// <summary>Creates a link under a name that is free.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="target">Where it leads.</param>
    public void CreateLink(string path, string target)
    {
        System.IO.File.CreateSymbolicLink(path, target);
        if (Owner() is { } owner)
            LinuxCalls.TryChangeOwner(path, owner.User, owner.Group);
    }

    /// <summary>Creates a folder and those above it.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="within">A folder above it that is never made: where it is missing, nothing is.</param>
    /// <returns>Whether it was missing.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder that is never made is not there.</exception>
    public bool CreateFolder(string path, string? within = null)
    {
        if (Directory.Exists(path))
            return false;
        if (path == within)
            throw new DirectoryNotFoundException($"There is no folder {path}.");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return true;
        }
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            CreateFolder(parent, within);
        var owner = Owner(); // asked before the anchor itself is made
        if (OperatingSystem.IsLinux())
            LinuxCalls.CreateFolder(path);
        else
            Directory.CreateDirectory(path, Folder);
        if (owner is { } given)
            LinuxCalls.TryChangeOwner(path, given.User, given.Group);
        return true;
    }

    /// <summary>Takes the rights of all but the owner from a file or folder, if it is there and the system lets us.</summary>
    public static void Tighten(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && System.IO.File.GetUnixFileMode(path) is var mode && (mode & Others) != 0)
                System.IO.File.SetUnixFileMode(path, mode & ~Others);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // It is not there, or another user's.
        }
    }

    FileRights? Owner()
    {
        if (anchor is null || !OperatingSystem.IsLinux() || !LinuxCalls.IsRoot)
            return null;
        for (var folder = anchor; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (FileStat.RightsOf(folder) is { } rights)
                return rights.User == 0 ? null : rights;
        }
        return null;
    }
}
