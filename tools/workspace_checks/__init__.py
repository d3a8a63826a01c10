"""What holds for every package of this workspace, as small checks that yield `Problem`s."""

from workspace_checks._changelog import FRAGMENT_KINDS, FRAGMENT_NAME
from workspace_checks._policy import POLICY, Dependency, PackageRules, Policy
from workspace_checks._reading import WorkspaceError, read_workspace
from workspace_checks._run import check
from workspace_checks._values import Package, Problem, Source, Workspace

__all__ = [
    "FRAGMENT_KINDS",
    "FRAGMENT_NAME",
    "POLICY",
    "Dependency",
    "Package",
    "PackageRules",
    "Policy",
    "Problem",
    "Source",
    "Workspace",
    "WorkspaceError",
    "check",
    "read_workspace",
]
