namespace Spool;

/// <summary>Who may do what with a file.</summary>
/// <param name="User">The number of its owner.</param>
/// <param name="Group">The number of its group.</param>
/// <param name="Mode">The bits of its mode that say who may read, write and run it.</param>
readonly record struct FileRights(uint User, uint Group, uint Mode)
{
    const uint GroupBits = 0x38;

    /// <summary>Gives a file that was just made, and that only its owner may read, the rights of another one whose place it
    /// takes.</summary>
    /// <param name="model">The path of the other one. When it is gone the new file stays as it is.</param>
    /// <param name="file">The new file.</param>
    /// <remarks>What the system refuses costs rights and gives none: the rights of a group are not given to another one.</remarks>
    public static void Copy(string model, Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        if (FileStat.RightsOf(model) is not { } rights)
            return;
        var isGroupKept =
            LinuxCalls.TryChangeOwner(file, rights.User, rights.Group)
            || LinuxCalls.TryChangeOwner(file, LinuxCalls.Unchanged, rights.Group);
        // With an access list the bits of the group are the most that any user on the list has, and not what the group has.
        var isListKept = LinuxCalls.TryCopyAccessList(model, file);
        LinuxCalls.ChangeMode(file, isGroupKept && isListKept ? rights.Mode : rights.Mode & ~GroupBits);
    }
}
