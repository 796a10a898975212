import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** Cobalt: the one accent. */
const accent: MantineColorsTuple = [
  '#eef1ff',
  '#dfe5ff',
  '#bfcaff',
  '#9caeff',
  '#8a9dff',
  '#5873f7',
  '#3350e0',
  '#2a44c7',
  '#2338a3',
  '#1c2c80',
]

/** Warm greys, so that long lists read like paper and not like a terminal. */
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f4f3ef',
  '#eae8e2',
  '#dedbd3',
  '#d2cec5',
  '#a5a198',
  '#67645d',
  '#4c4a45',
  '#33322e',
  '#1d1c1a',
]

const dark: MantineColorsTuple = [
  '#ebe9e4',
  '#c9c6bf',
  '#a09d95',
  '#8b8880',
  '#393835',
  '#2c2b29',
  '#201f1e',
  '#191918',
  '#131312',
  '#0d0d0c',
]

export const theme = createTheme({
  colors: { accent, gray, dark },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 6 },
  white: '#ffffff',
  black: '#1d1c1a',
  fontFamily: 'var(--font-sans), var(--font-sans-ext), system-ui, sans-serif',
  fontFamilyMonospace: 'var(--font-mono), ui-monospace, SFMono-Regular, Menlo, monospace',
  headings: { fontWeight: '600' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  radius: { xs: '0.25rem', sm: '0.375rem', md: '0.5rem', lg: '0.75rem', xl: '1rem' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Menus stay inside their landmark, and above the sidebar where that is a popover.
    Menu: { defaultProps: { withinPortal: false, floatingStrategy: 'fixed', withInitialFocusPlaceholder: false } },
    // The title line of a dialog is no banner of the page.
    Modal: { defaultProps: { attributes: { header: { role: 'presentation' } } } },
    CloseButton: { defaultProps: { 'aria-label': 'Close' } },
  },
  shadows: {
    xs: '0 1px 2px rgb(28 26 20 / 6%)',
    sm: '0 1px 2px rgb(28 26 20 / 6%), 0 2px 6px rgb(28 26 20 / 5%)',
    md: '0 2px 4px rgb(28 26 20 / 5%), 0 8px 24px rgb(28 26 20 / 10%)',
    lg: '0 4px 8px rgb(28 26 20 / 5%), 0 16px 40px rgb(28 26 20 / 14%)',
    xl: '0 8px 16px rgb(28 26 20 / 6%), 0 24px 64px rgb(28 26 20 / 18%)',
  },
})

/** Ties Mantine's own variables to the tokens of theme.css, so that both schemes are decided in one place. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: tokens, dark: tokens })

const tokens = {
  '--mantine-color-body': 'var(--jf-surface)',
  '--mantine-color-text': 'var(--jf-text)',
  '--mantine-color-bright': 'var(--jf-text)',
  '--mantine-color-dimmed': 'var(--jf-dim)',
  '--mantine-color-anchor': 'var(--jf-accent-text)',
  '--mantine-color-error': 'var(--jf-danger)',
  '--mantine-color-success': 'var(--jf-success)',
  '--mantine-color-placeholder': 'var(--jf-placeholder)',
  '--mantine-color-default': 'var(--jf-control)',
  '--mantine-color-default-hover': 'var(--jf-control-hover)',
  '--mantine-color-default-color': 'var(--jf-text)',
  '--mantine-color-default-border': 'var(--jf-border-strong)',
  '--mantine-color-disabled': 'var(--jf-sunken)',
  '--mantine-color-disabled-color': 'var(--jf-placeholder)',
  '--mantine-color-disabled-border': 'var(--jf-border)',
}
