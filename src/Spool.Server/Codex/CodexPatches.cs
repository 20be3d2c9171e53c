using Wire = Spool.Contracts.CodexV1;

namespace Spool.Server;

/// <summary>Maps changes of metadata from Codex's wire.</summary>
static class CodexPatches
{
    /// <summary>Maps a patch; an absent one changes nothing.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static ThreadPatch ToStore(Wire.ThreadMetadataPatch? wire) =>
        wire is null
            ? new ThreadPatch()
            : new ThreadPatch
            {
                Name = wire.HasName ? Change.To(wire.Name) : default,
                MemoryMode = !wire.HasMemoryMode
                    ? null
                    : wire.MemoryMode switch
                    {
                        Wire.ThreadMemoryMode.Enabled => "enabled",
                        Wire.ThreadMemoryMode.Disabled => "disabled",
                        _ => throw ThreadStoreException.InvalidRequest("The memory mode is one that this version does not know."),
                    },
                CommitHash = ToStore(wire.GitInfo?.Sha),
                Branch = ToStore(wire.GitInfo?.Branch),
                RepositoryUrl = ToStore(wire.GitInfo?.OriginUrl),
            };

    static Change<string> ToStore(Wire.OptionalStringPatch? wire) =>
        wire?.Kind switch
        {
            null or Wire.OptionalStringPatchKind.Unset => default,
            Wire.OptionalStringPatchKind.Clear => Change.Clear<string>(),
            Wire.OptionalStringPatchKind.Set => Change.To(wire.Value),
            _ => throw ThreadStoreException.InvalidRequest("The change of the repository state is one that this version does not know."),
        };
}
