using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Spool;

/// <summary>Keeps SQLite from giving a file to the owner that it has already.</summary>
/// <remarks>
/// When root opens a database, SQLite gives the files beside it to the owner of the database each time, also those that it only reads. To
/// give a file away changes its <c>ctime</c>, even where nothing else changes, and a reader of Codex's databases leaves no trace. So the
/// call is made only where it changes something, in the whole process.
/// </remarks>
static unsafe partial class SqliteOwners
{
    const int SystemCallsVersion = 3;

    static readonly bool IsSet = TrySet();

    static delegate* unmanaged[Cdecl]<int, uint, uint, int> _giveAway;

    /// <summary>Sees to it. Costs nothing after the first time, and does nothing where SQLite has no such call.</summary>
    /// <returns>Whether it is seen to.</returns>
    public static bool Keep() => IsSet;

    static bool TrySet()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        FileSystem* system;
        try
        {
            system = FindSystem(0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false; // the program uses another SQLite
        }
        if (system is null || system->Version < SystemCallsVersion)
            return false;
        fixed (byte* name = "fchown\0"u8)
        {
            _giveAway = (delegate* unmanaged[Cdecl]<int, uint, uint, int>)system->GetSystemCall(system, name);
            return _giveAway is not null
                && system->SetSystemCall(system, name, (delegate* unmanaged[Cdecl]<int, uint, uint, int>)&GiveAway) == 0;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int GiveAway(int file, uint user, uint group) =>
        FileStat.RightsOf(file) is { } rights && rights.User == user && rights.Group == group ? 0 : _giveAway(file, user, group);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial FileSystem* FindSystem(nint name);

    // sqlite3_vfs, as sqlite3.h has it; it only ever grows at its end.
    [StructLayout(LayoutKind.Sequential)]
    struct FileSystem
    {
        public int Version;
        int _fileSize,
            _longestPath;
        nint _next,
            _name,
            _data;
        nint _open,
            _delete,
            _access,
            _fullPath,
            _loadLibrary,
            _libraryError,
            _librarySymbol,
            _closeLibrary,
            _random,
            _sleep,
            _time,
            _lastError;
        nint _timeInteger;
        public delegate* unmanaged[Cdecl]<FileSystem*, byte*, void*, int> SetSystemCall;
        public delegate* unmanaged[Cdecl]<FileSystem*, byte*, void*> GetSystemCall;
    }
}
